"""Django: requests by labotel's own middleware, databases, writes and caches."""

from labotel.instrumentation.app import AppInfo
from labotel.instrumentation.django.caches import CacheObserver
from labotel.instrumentation.django.queries import QueryObserver
from labotel.instrumentation.django.requests import RequestObserver
from labotel.instrumentation.django.writes import WriteObserver
from labotel.integrations.joint import Joint


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
    """Observe databases and caches, and say what runs, however requests are observed."""
    runtime, fault = joint.runtime, joint.fault
    joint.now(AppInfo(lambda: runtime.attributes))
    queries = QueryObserver(
        runtime.pipeline.tracer,
        runtime.is_own_thread,
        fault,
        # Asked each time: Django's LABOTEL may come after the first connection.
        slow_after=lambda: runtime.settings.values["slow_query"],
    )
    runtime.forked.append(queries.forget)
    joint.when("django.db", queries)
    joint.when("django.db.models.sql.compiler", WriteObserver(runtime.is_own_thread, fault))
    joint.when("django.core.cache", CacheObserver(runtime.is_own_thread, fault))
    joint.after_readings.append(queries.give_back)
