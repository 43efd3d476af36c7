"""Forms about a protocol."""

from django import forms
from django.core.exceptions import ValidationError

from cases.forms.words import word
from cases.labels import is_mistyped
from labotel.catalogs.lab.orders import OrderType
from labotel.catalogs.lab.protocols import SampleCondition
from labotel.catalogs.lab.samples import SampleType
from labotel.catalogs.lab.words import AnalysisType, Species

MOST_SAMPLES = 6


class NewProtocol(forms.Form):
    """A new case: the animal, what is wanted, and the samples that will come."""

    animal = forms.CharField(max_length=100)
    species = word(Species)
    analysis_type = word(AnalysisType)
    sample_type = word(SampleType)
    samples = forms.IntegerField(min_value=1, max_value=MOST_SAMPLES, initial=1)


class Submission(forms.Form):
    """How soon the work is wanted."""

    order_type = word(OrderType)


class Receipt(forms.Form):
    """What stands on the samples, and how they arrived.

    Whether the label can be read is no matter of the form: who cannot read one cannot type it anew.
    Whoever mistyped one can: the check digits tell.
    """

    label = forms.CharField(max_length=40)
    sample_condition = word(SampleCondition)

    def clean_label(self) -> str:
        """Look at the check digits."""
        label: str = self.cleaned_data["label"]
        if is_mistyped(label):
            raise ValidationError("The check digits are others; please read the label again.")
        return label
