"""Addresses below /accounts/."""

from django.urls import path

from people.views import people, satisfaction, signing

app_name = "accounts"
urlpatterns = [
    path("login/", signing.log_in, name="login"),
    path("logout/", signing.log_out, name="logout"),
    path("password_reset/", signing.ask_for_link, name="password_reset"),
    path("password_reset/done/", signing.link_sent, name="password_reset_done"),
    path("reset/<uidb64>/<token>/", signing.set_password, name="password_reset_confirm"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/password/", people.reset_password, name="reset_password"),
    path("satisfaction/", satisfaction.satisfaction, name="satisfaction"),
]
