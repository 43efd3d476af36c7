"""The cases in Django's admin: a protocol can be corrected there, the rest can be looked at."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from cases.models import Attachment, Protocol, QualityCheck, Report, Sample, SampleIssue
from lab.readonly import ReadOnly


class Samples(admin.TabularInline):
    """The samples on the page of their protocol."""

    model = Sample
    extra = 0


@admin.register(Protocol)
class ProtocolAdmin(admin.ModelAdmin):
    """Protocols; a status that is corrected here counts as any other change of it."""

    list_display = ("pk", "animal", "species", "analysis_type", "status", "veterinarian")
    list_filter = ("status", "species", "analysis_type")
    list_select_related = ("veterinarian",)
    search_fields = ("animal", "veterinarian__username")
    readonly_fields = ("created_at", "submitted_at", "received_at", "completed_at", "status_since")
    inlines = (Samples,)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let nobody delete one here: a draft is its veterinarian's to throw away."""
        return False


@admin.register(Report)
class ReportAdmin(ReadOnly):
    """Reports, whose text is nobody's but the author's."""

    list_display = ("pk", "protocol", "status", "complexity", "histopathologist", "revisions")
    list_filter = ("status", "complexity")
    list_select_related = ("protocol", "histopathologist")


@admin.register(SampleIssue)
class SampleIssueAdmin(ReadOnly):
    """What was wrong with samples."""

    list_display = ("sample", "issue_type", "severity", "found_by", "found_at")
    list_filter = ("issue_type", "severity")
    list_select_related = ("sample", "found_by")


@admin.register(QualityCheck)
class QualityCheckAdmin(ReadOnly):
    """What the quality control checked."""

    list_display = ("sample", "check_type", "result", "work_type", "reason", "checked_by")
    list_filter = ("check_type", "result")
    list_select_related = ("sample", "checked_by")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnly):
    """Files that people sent."""

    list_display = ("pk", "protocol", "file_type", "size", "uploaded_by", "uploaded_at")
    list_filter = ("file_type",)
    list_select_related = ("protocol", "uploaded_by")
