"""Django: requests by labotel's own middleware, databases, writes, caches, and all else."""

from labotel.instrumentation.app import AppInfo
from labotel.instrumentation.django import accounts
from labotel.instrumentation.django.caches import CacheObserver
from labotel.instrumentation.django.commands import CommandObserver
from labotel.instrumentation.django.connecting import connecting
from labotel.instrumentation.django.files import DownloadObserver, UploadObserver
from labotel.instrumentation.django.mail import MailObserver
from labotel.instrumentation.django.queries import QueryObserver
from labotel.instrumentation.django.requests import RequestObserver
from labotel.instrumentation.django.sessions import SessionObserver
from labotel.instrumentation.django.writes import WriteObserver
from labotel.integrations.joint import Joint
from labotel.integrations.statements import statements


def join(joint: Joint) -> None:
    """Observe all of it."""
    runtime = joint.runtime
    observer = RequestObserver(
        runtime.pipeline.tracer, joint.fault, joint.pseudonym, lambda: runtime.settings.values
    )
    runtime.forked.append(observer.forget)
    joint.when("django.core.handlers.base", observer)
    data(joint)


def data(joint: Joint) -> None:
    """Observe all but requests, and say what runs, however requests are observed."""
    runtime, fault = joint.runtime, joint.fault
    joint.now(AppInfo(lambda: runtime.attributes))
    queries = QueryObserver(statements(joint))
    runtime.forked.append(queries.forget)
    joint.when("django.db", queries)
    joint.when("django.db.backends.base.base", connecting(runtime.is_own_thread))
    joint.when("django.db.models.sql.compiler", WriteObserver(runtime.is_own_thread, fault))
    joint.when("django.core.cache", CacheObserver(runtime.is_own_thread, fault))
    joint.after_readings.append(queries.give_back)
    others(joint)


def others(joint: Joint) -> None:
    """Observe what Django does besides requests and queries, each where the application has it."""
    runtime, fault = joint.runtime, joint.fault
    tracer = runtime.pipeline.tracer
    commands = CommandObserver(
        tracer, fault, serving=lambda: runtime.settings.values["serving_commands"]
    )
    joint.commands = commands
    joint.when("django.core.management.base", commands)
    joint.when("django.core.mail.backends.base", MailObserver(tracer, fault))
    joint.when("django.http.multipartparser", UploadObserver(fault))
    joint.when("django.http.response", DownloadObserver(fault))
    joint.when("django.contrib.auth.signals", accounts.LoginObserver(fault))
    joint.when("django.contrib.auth.forms", accounts.requested(fault))
    joint.when("django.contrib.auth.views", accounts.completed(fault))
    joint.when("django.contrib.sessions.backends.base", SessionObserver(fault))
