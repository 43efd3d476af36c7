"""Forms about a sample."""

from typing import Any

from django import forms

from cases.forms.words import word
from cases.models import Rework
from labotel.catalogs.lab.quality import CheckResult, CheckType, ReworkReason, WorkType
from labotel.catalogs.lab.samples import IssueType, Stage
from labotel.catalogs.lab.words import Severity


class StageDone(forms.Form):
    """The stage that the sample went through."""

    stage = word(Stage)


class Issue(forms.Form):
    """What is wrong with the sample."""

    issue_type = word(IssueType)
    severity = word(Severity)


class Check(forms.Form):
    """How a check ended; a failed one says what is to be done again, and why."""

    check_type = word(CheckType)
    result = word(CheckResult)
    work_type = word(WorkType, required=False)
    reason = word(ReworkReason, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the work and the reason where the check failed."""
        super().clean()
        if self.cleaned_data.get("result") == CheckResult.FAILED:
            for name in ("work_type", "reason"):
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, "A failed check says what is done again, and why.")
        return self.cleaned_data

    def rework(self) -> Rework | None:
        """Return the work that a failed check wants done again."""
        if self.cleaned_data["result"] != CheckResult.FAILED:
            return None
        return Rework(self.cleaned_data["work_type"], self.cleaned_data["reason"])
