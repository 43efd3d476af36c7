"""What people fill in about a work order."""

from django import forms

from cases.forms.words import word
from labotel.catalogs.lab.orders import ServiceType


class OneService(forms.Form):
    """A service to be added, or one whose money goes back."""

    service_type = word(ServiceType)
