"""Labels have the values that the field has words for, and no others."""

import pytest

from specification import names, rows

from .conftest import Day

PROTOCOL = {"draft", "submitted", "received", "processing", "completed"}
PEOPLE = {"veterinarian", "histopathologist", "staff", "admin"}
ANALYSES = {"cytology", "histopathology"}

ALLOWED = {
    "user_type": PEOPLE,
    "recipient_type": PEOPLE,
    "analysis_type": ANALYSES,
    "report_type": ANALYSES,
    "species": {"canine", "feline", "equine", "bovine", "other"},
    "from_status": PROTOCOL,
    "to_status": PROTOCOL,
    "severity": {"low", "medium", "high", "critical"},
}
"""The specification's table of allowed values, for labels that mean one thing everywhere."""

STATUS = {
    "protocols_by_status_current": PROTOCOL,
    "protocol_age_days": PROTOCOL,
    "emails_sent_total": {"success", "failure", "bounced"},
    "celery_tasks_total": {"success", "failure", "retry", "revoked", "timeout"},
}
"""The values of `status`, which means something else on each metric."""

NOBODY = {"failed_login_attempts_total": {"none"}}
"""Who signs in under a name that nobody has is of no type."""

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("label", ALLOWED)
def test_a_label_has_allowed_values_only(label: str, day: Day) -> None:
    """On every metric that has it, and at least one of them has it."""
    metrics = [row["name"] for row in rows("S1") if label in names(row["labels"])]
    for page in day.pages:
        present = [name for name in metrics if name in page.families]
        assert present
        for name in present:
            found = page.values(name, label)
            assert found <= ALLOWED[label] | NOBODY.get(name, set()), name


@pytest.mark.parametrize("metric", STATUS)
def test_a_status_has_allowed_values_only(metric: str, day: Day) -> None:
    """A protocol's, an e-mail's, a task's."""
    for page in day.pages:
        assert page.values(metric, "status") <= STATUS[metric]


@pytest.mark.parametrize("label", ["user_type", "analysis_type", "species", "severity"])
def test_every_allowed_value_happened(label: str, day: Day) -> None:
    """The day is whole: none of the words was left unsaid."""
    counted = {
        dict(labels)[label]
        for metric in day.tally.metrics()
        for labels, number in day.tally.of(metric).items()
        if number and label in dict(labels)
    }
    assert counted >= ALLOWED[label]


def test_bounded_counts_stand_at_zero_from_the_start(day: Day) -> None:
    """A label set that never happened is on the page as 0, so that its first event is seen."""
    for page in day.pages:
        sent = {s.labels["status"]: s.value for s in page.samples("emails_sent_total")}
        assert set(sent) == STATUS["emails_sent_total"]
        never = page.total("work_order_refunds_total", service_type="cytology")
        assert never == 0 and "cytology" in page.values("work_order_refunds_total", "service_type")
