"""The Django application of the post."""

from django.apps import AppConfig


class PostConfig(AppConfig):
    """E-mails, notices and complaints."""

    name = "post"
