"""The form that takes a file."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from cases import kinds
from labotel.catalogs.lab.files import FileType

MOST_BYTES = 5_000_000
REFUSED = "refused"


class Upload(forms.Form):
    """A file for a protocol: neither too large nor a program."""

    file = forms.FileField()

    def clean_file(self) -> UploadedFile:
        """Look at the size first, so that no more than that is ever read into memory."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise ValidationError("The file is larger than 5 MB.", code=REFUSED)
        content = upload.read()
        upload.seek(0)
        if kinds.is_program(content):
            raise ValidationError("The file is a program.", code=REFUSED)
        self._file_type = kinds.kind_of(content)
        return upload

    @property
    def file_type(self) -> FileType:
        """Return what the file is, once the form is valid."""
        return self._file_type

    @property
    def is_suspicious(self) -> bool:
        """Tell whether a file came that the laboratory does not take, rather than none at all."""
        return self.has_error("file", REFUSED)
