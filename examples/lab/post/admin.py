"""The post in Django's own administration."""

from django.contrib import admin

from post.models import ClientReview, Complaint, Message, Notice

admin.site.register([Message, Notice, Complaint, ClientReview])
