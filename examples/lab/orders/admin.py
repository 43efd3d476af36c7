"""The work orders in Django's admin, to look at: money moves by its steps alone."""

from django.contrib import admin

from lab.readonly import ReadOnly
from orders.models import Service, WorkOrder


class Services(admin.TabularInline):
    """The lines on the page of their order."""

    model = Service
    extra = 0


@admin.register(WorkOrder)
class WorkOrderAdmin(ReadOnly):
    """Orders with their lines."""

    list_display = ("pk", "protocol", "order_type", "payment_status", "created_at", "completed_at")
    list_filter = ("payment_status", "order_type")
    list_select_related = ("protocol",)
    inlines = (Services,)
