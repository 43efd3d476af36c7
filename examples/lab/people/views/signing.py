"""Signing in and out, and the way back in for whoever lost the password.

These are Django's own views: they know the csrf token, refuse to redirect to foreign sites, and
never tell whether an address belongs to anybody.
"""

from django.contrib.auth import views as auth
from django.contrib.auth.models import User
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse_lazy

from labotel.catalogs.lab.security import ResetMethod
from labotel.catalogs.lab.users import LoginMethod
from people import passwords, sessions
from people.forms import ResetForm

FOLDER = "people"

log_in = auth.LoginView.as_view(
    template_name=f"{FOLDER}/login.html", redirect_authenticated_user=True
)
log_out = auth.LogoutView.as_view(next_page="accounts:login")
ask_for_link = auth.PasswordResetView.as_view(
    form_class=ResetForm,
    template_name=f"{FOLDER}/reset.html",
    email_template_name=f"{FOLDER}/reset_mail.txt",
    subject_template_name=f"{FOLDER}/reset_subject.txt",
    success_url=reverse_lazy("accounts:password_reset_done"),
)
link_sent = auth.PasswordResetDoneView.as_view(template_name=f"{FOLDER}/reset_sent.html")


class SetPassword(auth.PasswordResetConfirmView):
    """Takes the new password of whoever followed the link, and signs that person in."""

    template_name = f"{FOLDER}/reset_password.html"
    success_url = reverse_lazy("home")
    post_reset_login = True
    user: User

    def form_valid(self, form: Form) -> HttpResponse:
        """Reset the password: what follows from it comes before the new session begins."""
        with transaction.atomic():
            sessions.signs_in_by(self.request, LoginMethod.RESET_LINK)
            passwords.was_reset(self.user, ResetMethod.EMAIL)
            return super().form_valid(form)


set_password = SetPassword.as_view()
