"""Records that Django's admin only shows."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):
    """A record that is looked at: it changes by its steps alone, which say what happened."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let nobody add one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let nobody change one here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let nobody delete one here."""
        return False
