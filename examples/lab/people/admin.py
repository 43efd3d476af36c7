"""The people in Django's own administration."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from lab.readonly import ReadOnly
from labotel.catalogs.lab.security import ResetMethod
from people import passwords, sessions
from people.models import AccountLock, DayTally, FailedLogin, Profile, Satisfaction, WorkSession


class PasswordForm(AdminPasswordChangeForm):
    """A new password by an administrator: the same happens as on the laboratory's own page."""

    def save(self, commit: bool = True) -> User:
        """Reset the password, or take it away, and what follows from it."""
        with transaction.atomic():
            user: User = super().save(commit)
            if commit and user.has_usable_password():
                passwords.was_reset(user, ResetMethod.ADMIN)
            elif commit:
                passwords.was_taken(user)
        return user


class ProfileInline(admin.StackedInline):
    """The profile on its person's page."""

    model = Profile
    can_delete = False


class PersonAdmin(UserAdmin):
    """A person with the profile.

    Who has worked here cannot be deleted, as the records of it stay: such an account is made
    inactive.
    """

    change_password_form = PasswordForm

    def get_inlines(self, request: Any, obj: User | None) -> list[type[ProfileInline]]:
        """Show the profile of a person who is there already: saving a new one makes it."""
        return [ProfileInline] if obj is not None else []

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (Django's name)
        form_url: str = "",
    ) -> HttpResponse:
        """Take the new password; Django gives whoever sends it a new session key."""
        with sessions.followed(request):
            response: HttpResponse = super().user_change_password(request, id, form_url)
        return response


admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
admin.site.register([WorkSession, FailedLogin, AccountLock, DayTally, Satisfaction], ReadOnly)
