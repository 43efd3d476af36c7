"""The forms of the accounts."""

from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.template.loader import render_to_string

from labotel.catalogs.lab.mail import EmailType
from people.models import Satisfaction
from post import mail


class ResetForm(auth_forms.PasswordResetForm):
    """Asks where to send the link; Django finds the person, the laboratory's post sends it."""

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        *_: Any,
        **__: Any,
    ) -> None:
        """Send the link as every other mail is sent: by a task, with retries, and counted."""
        subject = render_to_string(subject_template_name, context).strip()
        body = render_to_string(email_template_name, context)
        mail.send(EmailType.PASSWORD_RESET, context["user"], subject, body)


class NewPasswordForm(forms.Form):
    """A new password for somebody, by an administrator."""

    new_password = forms.CharField(
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SatisfactionForm(forms.ModelForm):
    """How content a person is."""

    score = forms.IntegerField(min_value=1, max_value=10)

    class Meta:
        """The score is all that is asked."""

        model = Satisfaction
        fields = ("score",)
