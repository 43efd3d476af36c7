"""Where the day is played: the time, the people, the post, and what everybody counts."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from driver.clock import Clock, Moment
from driver.mailbox import Mailbox
from driver.person import Person
from driver.processes import Children
from driver.stories import GONE_CLINIC, STRICT_CLINIC
from driver.tally import Tally
from driver.words import Channel, EmailStatus, EmailType, NotificationType, SizeCategory, UserType

DELIVER = "post.tasks.deliver"
CLINICS = {
    "vet-1": "north-clinic.example",
    "vet-2": "north-clinic.example",
    "vet-3": "south-clinic.example",
    "vet-4": "south-clinic.example",
    "vet-5": STRICT_CLINIC,
    "vet-6": GONE_CLINIC,
}
STAFF = ("reception-1", "reception-2", "bench-1", "bench-2")
HISTOPATHOLOGISTS = ("histo-1", "histo-2")
ADMIN = "admin"
PORTAL = ("vet-4", "vet-6")
"""Who finds a report in the portal: one wants it so, the other's mail does not arrive."""


class Submission(NamedTuple):
    """Who submitted a protocol, and between which days of the laboratory's time."""

    vet: str
    since: float
    until: float


@dataclass
class Scene:
    """What all that is played has at hand; `work` is the laboratory's folder."""

    address: str
    clock: Clock
    tally: Tally
    work: Path
    children: Children
    team: dict[str, Person] = field(init=False)
    mailbox: Mailbox = field(init=False)
    weeks: tuple[list[Submission], list[Submission]] = field(default_factory=lambda: ([], []))
    """The submissions of either week."""
    notices: defaultdict[str, list[NotificationType]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """What notices each person has been given."""
    wanted: list[Moment] = field(default_factory=list)
    """Since when each mail is wanted that will arrive."""

    def __post_init__(self) -> None:
        self.mailbox = Mailbox(self.work / "mail")
        self.team = {
            **{name: self._person(name, UserType.STAFF) for name in STAFF},
            **{name: self._person(name, UserType.HISTOPATHOLOGIST) for name in HISTOPATHOLOGISTS},
            **{name: self._person(name, UserType.VETERINARIAN) for name in CLINICS},
            ADMIN: self._person(ADMIN, UserType.ADMIN),
        }
        # Nobody's cookies: a program that loads a picture, and people who are not signed in.
        self.mail_reader = Person("a mail program", None, self.address, self.clock, self.tally)
        self.stranger = Person("a stranger", None, self.address, self.clock, self.tally)

    def signed_in(self) -> list[Person]:
        """Return the people whose sessions are open."""
        return [person for person in self.team.values() if person.signed_in]

    def mailed(self, email_type: EmailType, to: Person, wanted: Moment) -> None:
        """Count a mail that the laboratory now sends, and the task that sends it."""
        gone = to.email.endswith(f"@{GONE_CLINIC}")
        if to.email.endswith(f"@{STRICT_CLINIC}"):
            self.attempted(email_type, EmailStatus.FAILURE, to)
            self.tally.add("celery_tasks_total", task_name=DELIVER, status="retry")
        status = EmailStatus.BOUNCED if gone else EmailStatus.SUCCESS
        self.attempted(email_type, status, to)
        self.tally.add("celery_tasks_total", task_name=DELIVER, status="success")
        if not gone:
            self.wanted.append(wanted)
            # Nothing that the laboratory sends reaches 100 kB.
            self.tally.add(
                "email_delivery_duration_seconds",
                email_type=email_type, size_category=SizeCategory.SMALL,
            )  # fmt: skip

    def attempted(self, email_type: EmailType, status: EmailStatus, to: Person) -> None:
        """Count one attempt to send a mail."""
        assert to.user_type is not None
        self.tally.add(
            "emails_sent_total", email_type=email_type, status=status, recipient_type=to.user_type
        )
        self.tally.add("email_sending_duration_seconds", email_type=email_type)

    def noticed(
        self, notice: NotificationType, to: Person, channel: Channel = Channel.PORTAL
    ) -> None:
        """Count a notice that is put before somebody."""
        self.notices[to.name].append(notice)
        self.tally.add("notifications_sent_total", notification_type=notice, channel=channel)

    def _person(self, name: str, user_type: UserType) -> Person:
        email = f"{name}@{CLINICS.get(name, 'lab.example')}"
        return Person(name, user_type, self.address, self.clock, self.tally, email)
