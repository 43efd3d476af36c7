"""People at work: sessions, what they do, and how it goes."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from labotel.catalogs.lab.words import UserType
from labotel.events.buckets import MINUTES
from labotel.events.catalog import Ratio
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Personal, Unbounded


class LoginMethod(StrEnum):
    """How a person signed in."""

    PASSWORD = "password"  # noqa: S105  # the method's name
    RESET_LINK = "reset_link"


class ActionType(StrEnum):
    """What a person does."""

    VIEW = "view"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UPLOAD = "upload"
    DOWNLOAD = "download"


class Module(StrEnum):
    """The part of the system in which it is done."""

    PROTOCOLS = "protocols"
    SAMPLES = "samples"
    REPORTS = "reports"
    ORDERS = "orders"
    FILES = "files"
    MESSAGES = "messages"
    ACCOUNTS = "accounts"
    ADMIN = "admin"


class Role(StrEnum):
    """A person's work."""

    REFERRING = "referring"
    RECEPTION = "reception"
    BENCH = "bench"
    DIAGNOSIS = "diagnosis"
    BILLING = "billing"


class SessionStarted(
    Event,
    name="lab.user.session_started",
    instruments=(Counter("user_sessions_total", by=("user_type", "login_method")),),
    body="{user_type} signed in by {login_method}",
):
    """A person signed in."""

    user_type: UserType
    login_method: LoginMethod
    user: Personal[str]


class SessionEnded(Event, name="lab.user.session_ended", body="{user_type} signed out"):
    """A person signed out, or the session ran out; `duration` is from the sign-in."""

    user_type: UserType
    user: Personal[str]
    duration: Annotated[
        timedelta,
        Histogram("user_session_duration_seconds", by=("user_type",), buckets=MINUTES),
    ]


class UserActed(
    Event,
    name="lab.user.acted",
    instruments=(Counter("user_actions_total", by=("user_type", "action_type", "module")),),
    log=False,
):
    """A signed-in person did something, whether it went well or not: one for each request."""

    user_type: UserType
    action_type: ActionType
    module: Module
    user: Personal[str]


class UserErred(
    Event,
    name="lab.user.erred",
    instruments=(Counter("user_errors_total", by=("user_type", "action_type")),),
    severity="WARN",
    body="a {user_type}'s {action_type} was answered {status}",
):
    """A signed-in person's action was refused (4xx) or failed (5xx): the part of `UserActed`."""

    user_type: UserType
    action_type: ActionType
    user: Personal[str]
    status: Unbounded[int]


class ProductivityScored(Event, name="lab.user.productivity_scored"):
    """The day of a person of the laboratory was scored, 0 to 100: work done over work planned."""

    user_type: UserType
    role: Role
    user: Personal[str]
    score: Annotated[
        float,
        Histogram(
            "user_productivity_score",
            by=("user_type", "role"),
            buckets=(10, 20, 30, 40, 50, 60, 70, 80, 90, 100),
        ),
    ]


class SatisfactionRated(Event, name="lab.user.satisfaction_rated"):
    """A person rated the system, 1 to 10."""

    user_type: UserType
    user: Personal[str]
    score: Annotated[
        int,
        Histogram(
            "user_satisfaction_score",
            by=("user_type",),
            buckets=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        ),
    ]


ACTIVE_USERS: Final = Gauge(
    "active_users_current",
    by={"user_type": UserType},
    description="People with a session that has not ended.",
)

EVENTS: Final = (
    SessionStarted, SessionEnded, UserActed, UserErred, ProductivityScored, SatisfactionRated,
)  # fmt: skip
GAUGES: Final = (ACTIVE_USERS,)
RATIOS: Final = (
    Ratio(
        "user_error_rate",
        "user_errors_total",
        "user_actions_total",
        by=("user_type", "action_type"),
    ),
)
