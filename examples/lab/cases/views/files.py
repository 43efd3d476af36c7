"""Files up and down."""

import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases import access
from cases.forms.files import Upload
from cases.models import Attachment
from labotel.catalogs.lab.files import FileType
from labotel.catalogs.lab.security import DataType, SecurityEventType
from labotel.catalogs.lab.users import ActionType
from labotel.catalogs.lab.words import Severity
from people import audit, security
from people.actions import does
from people.roles import anyone

log = logging.getLogger(__name__)


@does(ActionType.UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
@anyone
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a file to a protocol; what is too large or a program is refused."""
    protocol = access.protocol_for(request.user, pk)
    form = Upload(request.POST, request.FILES) if request.method == "POST" else Upload()
    if not form.is_valid():
        if form.is_suspicious:
            security.seen(SecurityEventType.UPLOAD_REFUSED, Severity.MEDIUM, request.user)
            log.warning("A file for protocol %s was refused", pk)
        context = {"form": form, "protocol": protocol}
        return render(request, "cases/upload.html", context, status=400 if form.is_bound else 200)
    kept = Attachment.keep(protocol, form.cleaned_data["file"], form.file_type, by=request.user)
    log.info("Attachment %s of protocol %s uploaded", kept.pk, pk)
    return redirect("protocols:show", pk)


@does(ActionType.DOWNLOAD)
@require_safe
@anyone
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Download an attachment: always as a file, so that no browser runs what somebody sent."""
    attachment = access.attachment_for(request.user, pk)
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("the file is gone") from error
    audit.taken_away(request, FileType(attachment.file_type), DataType.ATTACHMENT, pk)
    return FileResponse(content, as_attachment=True, filename=attachment.name)
