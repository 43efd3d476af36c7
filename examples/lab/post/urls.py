"""Addresses below /messages/."""

from django.urls import path

from post.views import complaints, notices, opened

app_name = "messages"
urlpatterns = [
    path("", notices.listing, name="list"),
    path("<int:pk>/answer/", notices.answer, name="answer"),
    path("opened/<slug:token>.gif", opened.opened, name="opened"),
    path("complaints/new/", complaints.new, name="complain"),
    path("complaints/<int:pk>/", complaints.show, name="complaint"),
]
