"""A file that somebody attached to a protocol."""

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction

from cases.models.protocol import Protocol
from lab import clock
from lab.choices import choices
from lab.say import say
from labotel.catalogs.lab.files import FileType, FileUploaded, StorageType
from labotel.catalogs.lab.words import SizeCategory


class Attachment(models.Model):
    """A file and what is known of it; its name is a person's choice and is never told further."""

    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to=StorageType.ATTACHMENTS.value)
    name = models.CharField(max_length=255)
    file_type = models.CharField(max_length=20, choices=choices(FileType))
    size = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT)
    uploaded_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @classmethod
    def keep(
        cls, protocol: Protocol, upload: UploadedFile, file_type: FileType, by: User
    ) -> "Attachment":
        """Keep an uploaded file with a protocol."""
        size = upload.size or 0
        with transaction.atomic():
            kept = cls.objects.create(
                protocol=protocol,
                file=upload,
                name=(upload.name or "file")[-255:],
                file_type=file_type.value,
                size=size,
                uploaded_by=by,
            )
            say(
                FileUploaded(
                    file_type=file_type,
                    size_category=SizeCategory.of(size),
                    size=size,
                    user=str(by.pk),
                )
            )
        return kept
