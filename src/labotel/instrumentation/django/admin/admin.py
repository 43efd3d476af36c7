"""Labotel's pages in Django's admin: each looks and is kept as the admin's own are."""

import math
from typing import Any, Literal

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labotel.instrumentation import pages
from labotel.instrumentation.adding import added
from labotel.instrumentation.django.admin.models import Health, Increment, Metrics, Status
from labotel.instrumentation.django.admin.shown import Form, metrics_shown
from labotel.instrumentation.django.views import export_of
from labotel.pages.increment import Refused

SEE = "labotel.view_metrics"
ADD = "labotel.add_increment"


class PageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no row of a model is ever made
    """A page in the place of a list of rows."""

    permission = SEE
    template = ""
    title: Any = ""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether somebody may see the page."""
        user: Any = request.user
        return bool(user.has_perm(self.permission))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody sees that there is a page."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: there are no rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: there are no rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: there are no rows."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Return the page's address alone."""
        return [
            path(
                "",
                self.admin_site.admin_view(self.changelist_view),
                name=f"labotel_{self.opts.model_name}_changelist",
            )
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer with the page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = pages.current()
        context = {
            **self.admin_site.each_context(request),
            "title": self.title,
            "opts": self.opts,
            "configured": page is not None,
            **(extra_context or {}),
            **self.said(request, page),
        }
        return TemplateResponse(request, self.template, context)

    def said(self, request: HttpRequest, page: pages.Pages | None) -> dict[str, Any]:
        """Return what the template shows."""
        return {}


@admin.register(Metrics)
class MetricsAdmin(PageAdmin):
    """The current values, to be looked at and taken away."""

    template = "admin/labotel/metrics.html"
    title = gettext_lazy("Metrics")

    def get_urls(self) -> list[URLPattern]:
        """Return the page's address, and those of its files."""
        view = self.admin_site.admin_view
        forms: tuple[Literal["csv", "json"], ...] = ("csv", "json")
        files = [
            path(f"export.{f}", view(self.export), {"form": f}, name=f"labotel_metrics_{f}")
            for f in forms
        ]
        return [*super().get_urls(), *files]

    def export(self, request: HttpRequest, form: Literal["csv", "json"]) -> HttpResponse:
        """Answer with a file of the current values."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = pages.current()
        if page is None:
            return HttpResponse("labotel is not configured\n", status=503)
        return export_of(page, form)

    def said(self, request: HttpRequest, page: pages.Pages | None) -> dict[str, Any]:
        """Return each metric with its first series."""
        return {"metrics": metrics_shown(page.values() if page is not None else [])}


@admin.register(Health)
class HealthAdmin(PageAdmin):
    """What each check finds now."""

    template = "admin/labotel/health.html"
    title = gettext_lazy("Health")

    def said(self, request: HttpRequest, page: pages.Pages | None) -> dict[str, Any]:
        """Return the report; the checks are there without labotel, too."""
        return {"report": pages.health().report(), "configured": True}


@admin.register(Status)
class StatusAdmin(PageAdmin):
    """What is measured, and how labotel itself is."""

    template = "admin/labotel/status.html"
    title = gettext_lazy("Status")

    def said(self, request: HttpRequest, page: pages.Pages | None) -> dict[str, Any]:
        """Return the state."""
        return {"status": page.status() if page is not None else None}


@admin.register(Increment)
class IncrementAdmin(PageAdmin):
    """A form that adds to a counter."""

    permission = ADD
    template = "admin/labotel/increment.html"
    title = gettext_lazy("Add to a counter")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer with the form, or add what it says."""
        page = pages.current()
        if request.method == "POST" and self.has_view_permission(request) and page is not None:
            form = Form(page.increments, request.POST)
            try:
                wait = page.bucket.wait(page.setting("increment_rate"))
                if wait:
                    raise Refused(
                        429, "increment_rate", "too many", f"again in {math.ceil(wait)} s"
                    )
                made = added(page, page.increments.judge(form.asked()), "admin")
            except Refused as refused:
                messages.error(request, str(refused))
                return super().changelist_view(request, {"form": form})
            text = _("Added %(amount)s to %(series)s.")
            messages.success(request, text % {"amount": made.amount, "series": made.series})
            return HttpResponseRedirect(f"{request.path}?metric={made.counter.name}")
        return super().changelist_view(request, extra_context)

    def said(self, request: HttpRequest, page: pages.Pages | None) -> dict[str, Any]:
        """Return the counters, and the fields of the one that was chosen."""
        if page is None:
            return {}
        given = request.POST if request.method == "POST" else request.GET
        return {"form": Form(page.increments, given)}
