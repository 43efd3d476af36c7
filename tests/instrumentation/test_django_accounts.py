"""Log-ins, log-outs, failed log-ins and password resets: Django's own views, sync and async."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import django
import pytest

from labotel.viewer.receiver import Receiver

SETTINGS = """
from project.settings import *
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware"]
ROOT_URLCONF = "accounts_urls"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_REDIRECT_URL = "/done/"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {
    "loaders": [("django.template.loaders.locmem.Loader", {
        f"registration/{name}.html": "" for name in (
            "login", "logged_out", "password_reset_form", "password_reset_done",
            "password_reset_confirm", "password_reset_complete")
    } | {"registration/password_reset_email.html": "{% url 'password_reset_confirm' uid token %}",
         "registration/password_reset_subject.txt": "reset"})]}}]
"""
URLS = """
from django.contrib.auth import urls
from django.http import HttpResponse
from django.urls import include, path
urlpatterns = [path("", include(urls)), path("done/", lambda request: HttpResponse("done"))]
"""
BODY = """
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
User.objects.create_user("jane", "jane@example.org", "right")
client = Client()
def enter(password, name="jane"):
    return client.post("/login/", {"username": name, "password": password}).status_code
"""
FAILED = "auth.login.failed"


@pytest.fixture
def run_accounts(
    run_django: Callable[..., str], environment: dict[str, str], tmp_path: Path
) -> Callable[[str], str]:
    """Run a body where Jane has an account."""
    (tmp_path / "accounts_settings.py").write_text(SETTINGS)
    (tmp_path / "accounts_urls.py").write_text(URLS)
    return lambda body: run_django(
        BODY + textwrap.dedent(body) + "\nlabotel.shutdown()",
        PYTHONPATH=f"{environment['PYTHONPATH']}:{tmp_path}",
        DJANGO_SETTINGS_MODULE="accounts_settings",
        PROJECT_DATABASE=str(tmp_path / "accounts.sqlite3"),
    )


def counted(receiver: Receiver, metric: str, label: str) -> dict[object, float | None]:
    """What stands at the receiver, by a label."""
    assert receiver.store.total("labotel_faults_total") == 0
    return {p.attributes.get(label): p.value for p in receiver.points if p.name == metric}


def test_log_ins_and_log_outs_are_counted(
    receiver: Receiver, run_accounts: Callable[[str], str]
) -> None:
    """By how they went; a log-out of nobody is none."""
    run_accounts("""
        assert [enter("wrong"), enter("wrong", "nobody"), enter("right")] == [200, 200, 302]
        assert client.post("/logout/").status_code == 200
        assert client.post("/logout/").status_code == 200
        """)
    assert counted(receiver, "auth_logins_total", "result") == {"success": 1, "failure": 2}
    assert receiver.store.total("auth_logouts_total") == 1


def test_who_it_was_is_a_pseudonym_of_the_record_alone(
    receiver: Receiver, run_accounts: Callable[[str], str]
) -> None:
    """A name that somebody typed is personal, whoever it belongs to; two of one name are alike."""
    run_accounts("""
        for name in ("jane", "jane", "nobody@example.org"):
            enter("wrong", name)
        enter("right")
        """)
    failed = [r for r in receiver.logs if r.event_name == FAILED]
    users = [str(r.attributes["user"]) for r in failed]
    assert users[0] == users[1] != users[2]
    assert [(r.body, r.severity_text) for r in failed] == [("log-in failed", "WARN")] * 3
    said = repr(receiver.logs) + repr(receiver.spans) + repr(receiver.points)
    assert [word for word in ("jane", "nobody", "wrong") if word in said] == []
    (entered,) = [r for r in receiver.logs if r.event_name == "auth.login"]
    assert entered.attributes["enduser.pseudo.id"]
    assert entered.trace_id in {s.trace_id for s in receiver.spans if s.name == "POST login/"}


@pytest.mark.skipif(django.VERSION < (5, 1), reason="this Django has no such sessions")
def test_asynchronous_log_ins_are_counted_too(
    receiver: Receiver, run_accounts: Callable[[str], str]
) -> None:
    """By Django's own asynchronous functions, whose signals are sent by `asend`."""
    run_accounts("""
        import asyncio
        from django.contrib.auth import aauthenticate, alogin, alogout
        from importlib import import_module
        from django.http import HttpRequest
        async def main():
            request = HttpRequest()
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
            assert await aauthenticate(request, username="jane", password="wrong") is None
            user = await aauthenticate(request, username="jane", password="right")
            await alogin(request, user)
            await request.session.asave()
            async def auser(): return user          # as Django's middleware gives it
            request.auser = auser
            await alogout(request)
        asyncio.run(main())
        """)
    assert counted(receiver, "auth_logins_total", "result") == {"success": 1, "failure": 1}
    assert receiver.store.total("auth_logouts_total") == 1
    assert counted(receiver, "auth_sessions_total", "action") == {"created": 1, "ended": 1}


def test_a_password_reset_is_requested_and_completed(
    receiver: Receiver, run_accounts: Callable[[str], str]
) -> None:
    """Whether or not somebody has the address; a password that is merely changed is none."""
    run_accounts("""
        from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
        for address in ("jane@example.org", "nobody@example.org", "no address"):
            client.post("/password_reset/", {"email": address})
        (message,) = mail.outbox
        link = client.get(message.body.strip()).headers["Location"]
        assert client.post(link, {"new_password1": "a", "new_password2": "b"}).status_code == 200
        new = "a long new passphrase"
        assert client.post(link, {"new_password1": new, "new_password2": new}).status_code == 302
        assert enter(new) == 302
        newer = {"new_password1": new + "r", "new_password2": new + "r"}
        form = SetPasswordForm(User.objects.get(), newer)
        assert form.is_valid()
        form.save()
        class Own(PasswordResetForm):
            def save(self, **kwargs): super().save(**kwargs)
        form = Own({"email": "nobody@example.org"})
        assert form.is_valid()
        form.save(domain_override="example.org")
        """)
    told = counted(receiver, "auth_password_resets_total", "step")
    assert told == {"requested": 3, "completed": 1}
    said = [r.body for r in receiver.logs if r.event_name == "auth.password_reset"]
    assert said.count("password reset completed") == 1
    assert receiver.store.total("mail_messages_total", backend="locmem", outcome="sent") == 1


def test_credentials_of_any_shape_are_counted(
    receiver: Receiver, run_accounts: Callable[[str], str]
) -> None:
    """An application's own backend takes what it likes; what is no name is none."""
    run_accounts("""
        authenticate(token="secret")
        authenticate(username=17)
        authenticate(email="jane@example.org")
        """)
    assert counted(receiver, "auth_logins_total", "result") == {"success": 0, "failure": 3}
    users = [r.attributes.get("user") for r in receiver.logs if r.event_name == FAILED]
    assert [user is None for user in users] == [True, True, False]


def test_disconnecting_leaves_no_receiver_and_no_method(
    receiver: Receiver, run_accounts: Callable[[str], str]
) -> None:
    """What the application connected stays; connected again, it is counted again, once."""
    run_accounts("""
        from django.contrib.auth import forms, signals, views
        def own(**kwargs): pass
        signals.user_logged_in.connect(own)
        names = "user_logged_in", "user_logged_out", "user_login_failed"
        def receivers(): return [len(getattr(signals, name).receivers) for name in names]
        with_ours, methods = receivers(), lambda: (
            vars(forms.PasswordResetForm)["save"],
            vars(views.PasswordResetConfirmView)["form_valid"])
        wrapped = methods()
        labotel.shutdown()
        assert receivers() == [number - 1 for number in with_ours]
        assert methods() == tuple(method.__wrapped__ for method in wrapped)
        enter("wrong")
        labotel.configure(catalogs=[catalog])
        assert receivers() == with_ours
        enter("right")
        """)
    assert counted(receiver, "auth_logins_total", "result") == {"success": 1, "failure": 0}
