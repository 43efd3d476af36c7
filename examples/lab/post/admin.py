"""The post in Django's own administration, to look at."""

from django.contrib import admin

from lab.readonly import ReadOnly
from post.models import ClientReview, Complaint, Message, Notice


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """E-mails, without what only their reader shall have: a text may hold the way to an account."""

    list_display = ("pk", "email_type", "recipient", "status", "wanted_at", "delivered_at")
    list_filter = ("email_type", "status")
    list_select_related = ("recipient",)
    fields = ("email_type", "recipient", "subject", "about", "status")
    fields += ("wanted_at", "delivered_at", "opened_at")


admin.site.register([Notice, Complaint, ClientReview], ReadOnly)
