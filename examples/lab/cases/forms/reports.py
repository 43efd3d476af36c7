"""Forms about a report."""

from django import forms

from cases.forms.words import word
from labotel.catalogs.lab.reports import Complexity


def _findings() -> forms.CharField:
    return forms.CharField(max_length=50_000, widget=forms.Textarea(attrs={"rows": 12, "cols": 80}))


class NewReport(forms.Form):
    """The first lines of a report."""

    findings = _findings()
    complexity = word(Complexity)
    cassettes = forms.IntegerField(min_value=0, max_value=20, initial=1)


class Revision(forms.Form):
    """The findings, written anew."""

    findings = _findings()


class Review(forms.Form):
    """How far a second reader agrees with a report."""

    accuracy = forms.FloatField(min_value=0, max_value=1, help_text="0 to 1")


class Rating(forms.Form):
    """What a veterinarian thinks of a report."""

    rating = forms.IntegerField(min_value=1, max_value=5, help_text="1 to 5")
