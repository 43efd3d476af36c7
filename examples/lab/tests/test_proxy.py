"""Behind nginx: forms, addresses and links are those of whoever asked the proxy."""

import pytest
from django.test import Client

from labotel.catalogs.lab.security import LoginFailed

LOGIN = "/accounts/login/"
WRONG = {"username": "vet-1", "password": "wrong"}
THROUGH = {"x-forwarded-for": "198.51.100.9, 192.0.2.7", "x-forwarded-proto": "https"}
pytestmark = pytest.mark.usefixtures("laboratory")


def sign_in(scheme: str, **headers: str) -> int:
    """Fill in the log-in form as a browser does at port 8443 of the proxy; return the status."""
    client = Client(enforce_csrf_checks=True)
    sent = {"host": "127.0.0.1:8443", **headers}
    client.get(LOGIN, headers=sent)
    fields = {**WRONG, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    origin = f"{scheme}://127.0.0.1:8443"
    sent |= {"origin": origin, "referer": origin + LOGIN}
    return client.post(LOGIN, fields, headers=sent).status_code


def test_a_form_is_taken_at_any_port_of_the_proxy():
    """With `Host $http_host` the port is in the header, and in the browser's `Origin`."""
    assert sign_in("http") == 200  # the form again, as the password was wrong


def test_a_form_sent_by_tls_is_taken(settings):
    """The proxy ends it, and says so."""
    settings.BEHIND_PROXY = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert sign_in("https", **THROUGH) == 200


def test_an_address_is_the_one_that_the_proxy_saw(telemetry, settings):
    """Not the one that the browser claims, and not the proxy's own."""
    settings.BEHIND_PROXY = True
    Client().post(LOGIN, WRONG, headers=THROUGH)
    telemetry.one(LoginFailed, ip_address="192.0.2.7")


def test_without_a_proxy_nobody_chooses_an_address(telemetry):
    """The header is anybody's to write then."""
    Client().post(LOGIN, WRONG, headers=THROUGH)
    telemetry.one(LoginFailed, ip_address="127.0.0.1")


def test_behind_a_proxy_that_names_nobody_the_connection_counts(telemetry, settings):
    """An empty header is none."""
    settings.BEHIND_PROXY = True
    Client().post(LOGIN, WRONG, headers={"x-forwarded-for": " "})
    telemetry.one(LoginFailed, ip_address="127.0.0.1")
