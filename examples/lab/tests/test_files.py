"""Files up and down: what is taken, what is refused, who gets them."""

import pytest
from casework import Person, draft, signed
from django.core.files.uploadedfile import SimpleUploadedFile

from cases import kinds
from cases.models import Attachment
from labotel.catalogs.lab.files import FileDownloaded, FileType, FileUploaded
from labotel.catalogs.lab.security import ComplianceViolated, DataAccessed, SecurityEventSeen
from labotel.catalogs.lab.users import UserActed

pytestmark = pytest.mark.usefixtures("laboratory")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def upload(person, protocol, content, name="photo.png", expect=302):
    """Send a file for a protocol."""
    file = SimpleUploadedFile(name, content)
    return person.post(f"/files/upload/{protocol.pk}/", expect=expect, file=file)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (PNG, "image"),
        (b"\xff\xd8\xff\xe0 JFIF", "image"),
        (b"GIF89a", "image"),
        ("Anamnese: Fieber seit Dienstag, Müdigkeit".encode(), "text"),
        ("M\xfcdigkeit".encode("latin-1"), "other"),
        (b"PK\x03\x04" + bytes(10), "other"),
    ],
)
def test_a_file_is_what_its_content_is(content, kind):
    """The kind is told by the first bytes, or by being text; the name says nothing."""
    assert kinds.kind_of(content) is FileType(kind)


@pytest.mark.parametrize(
    ("size", "category"), [(99_999, "small"), (100_000, "medium"), (1_000_000, "large")]
)
def test_an_upload_is_counted_by_kind_and_size(telemetry, size, category):
    """A file is kept, and counted with its class of size."""
    protocol = draft()
    vet = Person("vet-1")
    telemetry.clear()
    answer = upload(vet, protocol, b"x" * size, "notes.txt")
    assert answer["Location"] == f"/protocols/{protocol.pk}/"
    telemetry.one(FileUploaded, file_type="text", size_category=category, size=size, user=vet.key)
    telemetry.one(UserActed, action_type="upload", module="files")
    assert telemetry.metric("file_uploads_total", size_category=category) == 1


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00", b"\x7fELF\x02", b"#!/bin/sh\n", b"x" * 5_000_001],
    ids=["windows", "linux", "script", "large"],
)
def test_programs_and_large_files_are_refused(telemetry, content):
    """They are answered 400, concern the security, and are not kept."""
    protocol = draft()
    vet = Person("vet-1")
    telemetry.clear()
    upload(vet, protocol, content, expect=400)
    telemetry.one(SecurityEventSeen, event_type="upload_refused", severity="medium", user=vet.key)
    telemetry.none(FileUploaded)
    assert not Attachment.objects.exists()


def test_a_file_of_5_mb_is_taken(telemetry):
    """The limit itself is allowed."""
    upload(Person("vet-1"), draft(), b"x" * 5_000_000)
    telemetry.one(FileUploaded, size=5_000_000)


def test_no_file_is_no_matter_of_security(telemetry):
    """A form without a file, or with an empty one, is only wrong."""
    protocol = draft()
    vet = Person("vet-1")
    vet.post(f"/files/upload/{protocol.pk}/", expect=400)
    upload(vet, protocol, b"", expect=400)
    telemetry.none(SecurityEventSeen)
    telemetry.none(FileUploaded)


def test_nobody_uploads_to_another_veterinarians_protocol(telemetry):
    """That is refused with 403, and a violation."""
    upload(Person("vet-2"), draft("vet-1"), PNG, expect=403)
    telemetry.one(ComplianceViolated, violation_type="unauthorized_access")
    telemetry.none(FileUploaded)


def test_a_file_comes_down_as_it_went_up(telemetry):
    """The same bytes under the same name, counted, and in the audit log as an export."""
    protocol = draft("vet-1")
    upload(Person("vet-1"), protocol, PNG, "Rex am Dienstag.png")
    staff = Person("bench-1")
    kept = Attachment.objects.get()
    telemetry.clear()
    answer = staff.get(f"/files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == PNG
    assert 'filename="Rex am Dienstag.png"' in answer["Content-Disposition"]
    assert answer["Content-Disposition"].startswith("attachment")
    telemetry.one(FileDownloaded, file_type="image", user=staff.key)
    telemetry.one(DataAccessed, data_type="attachment", action="export", data_id=kept.pk)
    telemetry.one(UserActed, action_type="download", module="files")


def test_another_veterinarians_file_is_a_violation(telemetry):
    """A file is seen by who may see its protocol."""
    upload(Person("vet-1"), draft("vet-1"), PNG)
    telemetry.clear()
    Person("vet-2").get(f"/files/{Attachment.objects.get().pk}/", expect=403)
    telemetry.one(ComplianceViolated, violation_type="unauthorized_access", severity="high")
    telemetry.none(FileDownloaded)


def test_a_file_that_is_gone_is_not_found(telemetry):
    """Where the disk lost it, the answer is 404 and not an error; nothing was downloaded."""
    upload(Person("vet-1"), draft("vet-1"), PNG)
    kept = Attachment.objects.get()
    kept.file.storage.delete(kept.file.name)
    Person("vet-1").get(f"/files/{kept.pk}/", expect=404)
    telemetry.none(FileDownloaded)


def test_the_storage_gauge_adds_the_bytes(telemetry):
    """The gauge has the bytes of the attachments and of the reports, and 0 where there are none."""
    report = signed("vet-1")
    upload(Person("vet-1"), report.protocol, PNG)
    upload(Person("vet-1"), report.protocol, b"text")
    attachments = telemetry.metric("file_storage_usage_bytes", storage_type="attachments")
    assert attachments == len(PNG) + 4
    assert telemetry.metric("file_storage_usage_bytes", storage_type="reports") > 1000
    assert telemetry.metric("file_storage_usage_bytes", storage_type="invoices") == 0


def test_a_look_at_the_head_is_no_download(telemetry):
    """HEAD brings no file: neither a download nor an export, and the action is a view."""
    report = signed("vet-1")
    vet, admin = Person("vet-1"), Person("admin")
    upload(vet, report.protocol, PNG)
    order = report.protocol.order
    admin.post(f"/orders/{order.pk}/complete/")
    kept = Attachment.objects.get()
    telemetry.clear()
    for path in (f"/files/{kept.pk}/", f"/reports/{report.pk}/pdf/", f"/orders/{order.pk}/pdf/"):
        assert vet.client.head(path).status_code == 200
    telemetry.none(FileDownloaded)
    telemetry.none(DataAccessed)
    assert {str(one.action_type) for one in telemetry.all(UserActed)} == {"view"}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_form_is_looked_at_or_sent(method):
    """Any other method is not allowed: 405, and nothing is made."""
    vet, protocol = Person("vet-1"), draft("vet-1")
    for path in ("/protocols/new/", f"/files/upload/{protocol.pk}/"):
        assert getattr(vet.client, method)(path).status_code == 405
