"""The forms of the post."""

from django import forms

from post.models import Complaint


class AnswerForm(forms.Form):
    """An answer to a notice."""

    text = forms.CharField(max_length=2000)


class ComplaintForm(forms.ModelForm):
    """What a client is not content with."""

    class Meta:
        """All that the client can tell."""

        model = Complaint
        fields = ("complaint_type", "severity", "text")
