"""Django's own administration, in which a password that somebody changes is known of."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse

from labotel.catalogs.lab.security import SecurityEventType
from labotel.catalogs.lab.words import Severity


class LabAdminConfig(AdminConfig):
    """Puts the laboratory's site in the place of Django's."""

    default_site = "people.site.LabAdminSite"


class LabAdminSite(AdminSite):
    """The site; whoever is let in is told by Django's flags."""

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change the own password: nobody lost one, so it is no reset, but security is told."""
        from people import security, sessions  # the models are not there yet when this is imported

        with sessions.followed(request):
            response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            security.seen(SecurityEventType.PASSWORD_CHANGED, Severity.LOW, request.user)
        return response
