"""The pages of the protocols: who sees what, and what is refused."""

import pytest
from casework import Person, begun, draft, processing, received, signed, submitted
from django.core.files.base import ContentFile
from django.test import Client

from cases.labels import UnreadableSample, label
from cases.models import Attachment, Protocol, Sample
from labotel.catalogs.lab.files import FileType
from labotel.catalogs.lab.mail import EmailSent, NotificationSent
from labotel.catalogs.lab.orders import WorkOrderCreated
from labotel.catalogs.lab.protocols import (
    ProtocolCreated,
    ProtocolReceived,
    ProtocolStatusChanged,
)
from labotel.catalogs.lab.security import ComplianceViolated, DataAccessed, SecurityEventSeen
from labotel.catalogs.lab.users import UserActed

pytestmark = pytest.mark.usefixtures("laboratory")


def test_a_stranger_is_sent_to_sign_in():
    """Nobody sees a protocol without signing in."""
    answer = Client().get(f"/protocols/{draft().pk}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_another_veterinarians_protocol_is_a_violation(telemetry):
    """Who looks at another veterinarian's protocol gets 403, and that is a violation."""
    protocol = draft("vet-1")
    other = Person("vet-2")
    telemetry.clear()
    other.get(f"/protocols/{protocol.pk}/", expect=403)
    telemetry.one(
        ComplianceViolated,
        violation_type="unauthorized_access",
        severity="high",
        user=other.key,
        data_id=protocol.pk,
    )
    telemetry.none(DataAccessed)


def test_another_veterinarians_protocol_cannot_be_changed(telemetry):
    """A step on another veterinarian's protocol is the same violation, and changes nothing."""
    protocol = draft("vet-1")
    Person("vet-2").post(f"/protocols/{protocol.pk}/submit/", expect=403, order_type="routine")
    telemetry.one(ComplianceViolated, violation_type="unauthorized_access")
    telemetry.none(ProtocolStatusChanged)


def test_a_look_is_in_the_audit_log(telemetry):
    """Who looks at a protocol is in the audit log, with its number."""
    protocol = draft()
    staff = Person("reception-1")
    telemetry.clear()
    staff.get(f"/protocols/{protocol.pk}/")
    telemetry.one(
        DataAccessed,
        user_type="staff",
        data_type="protocol",
        action="view",
        user=staff.key,
        data_id=protocol.pk,
    )


def test_a_veterinarian_lists_the_own_protocols():
    """The list of a veterinarian has the own protocols alone, that of the staff has all."""
    own, other = draft("vet-1"), draft("vet-2")
    listed = Person("vet-1").get("/protocols/").content.decode()
    assert f"/protocols/{own.pk}/" in listed
    assert f"/protocols/{other.pk}/" not in listed
    assert f"/protocols/{other.pk}/" in Person("bench-1").get("/protocols/").content.decode()


def test_the_list_can_be_narrowed_to_a_status():
    """`?status=` leaves the protocols in that status; an unknown one leaves all."""
    waiting, opened = submitted(), draft()
    staff = Person("reception-1")
    narrowed = staff.get("/protocols/?status=submitted").content.decode()
    assert f"/protocols/{waiting.pk}/" in narrowed
    assert f"/protocols/{opened.pk}/" not in narrowed
    assert f"/protocols/{opened.pk}/" in staff.get("/protocols/?status=lost").content.decode()


def test_a_longer_list_asks_no_more_questions(django_assert_max_num_queries):
    """The number of queries of the list does not grow with its length."""
    staff = Person("reception-1")
    staff.get("/protocols/")
    for i in range(12):
        submitted(f"vet-{i % 3 + 1}")
    with django_assert_max_num_queries(14):
        staff.get("/protocols/")


def test_a_wrong_form_opens_nothing(telemetry):
    """A form that is filled in wrongly comes back with 400 and what is wrong with it."""
    vet = Person("vet-1")
    telemetry.clear()
    page = vet.post("/protocols/new/", expect=400, species="unicorn", samples=7).content.decode()
    assert "unicorn is not one of the available choices" in page
    assert "less than or equal to 6" in page
    telemetry.none(ProtocolCreated)
    telemetry.one(UserActed, action_type="create", module="protocols")


def test_only_veterinarians_open_protocols(telemetry):
    """The staff is denied, which concerns the security; nothing is opened."""
    Person("reception-1").post("/protocols/new/", expect=403, animal="Rex")
    telemetry.one(SecurityEventSeen, event_type="permission_denied", severity="medium")
    telemetry.none(ProtocolCreated)


def test_a_draft_can_be_deleted(telemetry):
    """A draft goes with its samples; the audit log and the actions say `delete`."""
    protocol = draft()
    vet = Person("vet-1")
    telemetry.clear()
    assert vet.post(f"/protocols/{protocol.pk}/delete/")["Location"] == "/protocols/"
    assert not Protocol.objects.exists()
    assert not Sample.objects.exists()
    telemetry.one(DataAccessed, data_type="protocol", action="delete", data_id=protocol.pk)
    telemetry.one(UserActed, action_type="delete", module="protocols")


def test_a_deleted_draft_takes_its_files_along():
    """The files of a deleted draft are deleted too."""
    protocol = draft()
    file, owner = ContentFile(b"text", name="a.txt"), protocol.veterinarian
    kept = Attachment.keep(protocol, file, FileType.TEXT, by=owner)
    assert kept.file.storage.exists(kept.file.name)
    Person("vet-1").post(f"/protocols/{protocol.pk}/delete/")
    assert not kept.file.storage.exists(kept.file.name)


def test_what_is_submitted_cannot_be_deleted(telemetry):
    """A submitted protocol stays: 409, and no line in the audit log."""
    protocol = submitted()
    vet = Person("vet-1")
    telemetry.clear()
    vet.post(f"/protocols/{protocol.pk}/delete/", expect=409)
    assert Protocol.objects.filter(pk=protocol.pk).exists()
    telemetry.none(DataAccessed)


def test_a_step_out_of_turn_is_refused(telemetry):
    """What is a draft cannot be received: 409, and nothing is sent or said."""
    protocol = draft()
    staff = Person("reception-1")
    telemetry.clear()
    path = f"/protocols/{protocol.pk}/receive/"
    staff.post(path, expect=409, label=label(protocol.pk), sample_condition="good")
    telemetry.none(ProtocolReceived)
    telemetry.none(EmailSent)
    telemetry.none(NotificationSent)


def test_submitting_twice_orders_once(telemetry):
    """The second submission is refused, and there is one work order."""
    protocol = draft()
    vet = Person("vet-1")
    telemetry.clear()
    vet.post(f"/protocols/{protocol.pk}/submit/", order_type="routine")
    vet.post(f"/protocols/{protocol.pk}/submit/", expect=409, order_type="routine")
    telemetry.one(WorkOrderCreated)


def test_an_unreadable_label_is_an_error(telemetry):
    """Nobody can tell whose samples these are: the request fails, and nothing is received."""
    protocol = submitted()
    staff = Person("reception-1")
    with pytest.raises(UnreadableSample):
        staff.post(f"/protocols/{protocol.pk}/receive/", label="LAB-1-?", sample_condition="good")
    telemetry.none(ProtocolReceived)


def test_a_mistyped_label_is_a_wrong_form(telemetry):
    """A label that can be read, with other check digits, is typed anew: 400, and no error."""
    protocol = submitted()
    own = label(protocol.pk)
    typed = f"{own[:-1]}{(int(own[-1]) + 1) % 10}"
    page = Person("reception-1").post(
        f"/protocols/{protocol.pk}/receive/", expect=400, label=typed, sample_condition="good"
    )
    assert "read the label again" in page.content.decode()
    telemetry.none(ProtocolReceived)


def test_an_unreadable_label_matters_where_samples_are_expected():
    """What is received already needs no label: that is refused (409), and nothing fails."""
    path, fields = "/protocols/{}/receive/", {"label": "LAB-1-?", "sample_condition": "good"}
    for protocol in (draft(), received()):
        Person("reception-1").post(path.format(protocol.pk), expect=409, **fields)
    Person("vet-1").post(path.format(submitted().pk), expect=403, **fields)


def test_another_protocols_label_is_refused(telemetry):
    """Samples of another protocol are not taken in under this one."""
    protocol, other = submitted(), submitted()
    Person("reception-1").post(
        f"/protocols/{protocol.pk}/receive/",
        expect=409,
        label=label(other.pk),
        sample_condition="good",
    )
    telemetry.none(ProtocolReceived)


def test_a_second_report_is_refused():
    """A protocol has one report."""
    report = begun()
    path = f"/protocols/{report.protocol_id}/report/"
    fields = {"findings": "Again.", "complexity": "simple", "cassettes": 0}
    Person("histo-2").post(path, expect=409, **fields)


@pytest.mark.parametrize(
    ("username", "state", "offered"),
    [
        ("vet-1", draft, {"submit", "delete"}),
        ("vet-1", submitted, set()),
        ("reception-1", draft, set()),
        ("reception-1", submitted, {"receive"}),
        ("reception-1", received, {"process"}),
        ("histo-1", received, set()),
        ("histo-1", processing, {"report"}),
        ("admin", processing, set()),
    ],
)
def test_a_page_offers_what_the_reader_may_do_now(username, state, offered):
    """The forms on a protocol's page are those of the role and of the status, and no others."""
    protocol = state()
    page = Person(username).get(f"/protocols/{protocol.pk}/").content.decode()
    steps = {"submit", "delete", "receive", "process", "report"}
    assert {s for s in steps if f'"/protocols/{protocol.pk}/{s}/"' in page} == offered
    assert label(protocol.pk) in page


def test_a_wrong_form_comes_back_on_the_protocols_page(telemetry):
    """A step's wrong form is shown in its place, with what is wrong, as 400."""
    protocol = submitted()
    page = Person("reception-1").post(
        f"/protocols/{protocol.pk}/receive/", expect=400, label="LAB", sample_condition="wet"
    )
    assert "wet is not one of the available choices" in page.content.decode()
    telemetry.none(ProtocolReceived)


def test_the_page_leads_to_the_report():
    """From the protocol's page one gets to its report and its order."""
    report = signed()
    page = Person("vet-1").get(f"/protocols/{report.protocol_id}/").content.decode()
    assert f"/reports/{report.pk}/" in page
    assert f"/orders/{report.protocol.order.pk}/" in page
