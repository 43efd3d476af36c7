"""One case on its way: what the driver knows of it, and the counts of its status."""

import random
from dataclasses import dataclass, field

from driver.clock import DAY, Moment
from driver.page import Page
from driver.person import Person
from driver.scene import Scene
from driver.stories import Case
from driver.words import PaymentStatus, ProtocolStatus

HISTOS = ("histo-1", "histo-2")
BENCHES = ("bench-1", "bench-2")


@dataclass
class Work:
    """A case that is being played; `index` says which of the colleagues has it."""

    scene: Scene
    case: Case
    index: int
    status: ProtocolStatus | None = None
    payment: PaymentStatus | None = None
    protocol: int = 0
    report: int = 0
    order: int = 0
    label: str = ""
    since: Moment | None = None
    """Since when the protocol has its status."""
    submitted: Moment | None = None
    begun: Moment | None = None
    """When the report was begun."""
    signed: Moment | None = None
    touched: dict[int, Moment] = field(default_factory=dict)
    """When each sample came, or was last taken through a stage."""
    page: Page | None = None
    """The protocol's page as it stands open at the bench."""
    samples: list[int] = field(default_factory=list)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.index)

    @property
    def vet(self) -> Person:
        """Return the veterinarian whose case it is."""
        return self.scene.team[self.case.vet]

    @property
    def reception(self) -> Person:
        """Return who takes samples in."""
        return self.scene.team["reception-1"]

    @property
    def bench(self) -> Person:
        """Return who works on the samples."""
        return self.scene.team[BENCHES[self.index % 2]]

    @property
    def author(self) -> Person:
        """Return who writes the report."""
        return self.scene.team[HISTOS[self.index % 2]]

    @property
    def reviewer(self) -> Person:
        """Return who reads it a second time."""
        return self.scene.team[HISTOS[(self.index + 1) % 2]]

    @property
    def admin(self) -> Person:
        """Return who bills."""
        return self.scene.team["admin"]

    @property
    def path(self) -> str:
        """Return the address of the protocol's page."""
        return f"/protocols/{self.protocol}/"

    @property
    def kind(self) -> dict[str, str]:
        """Return the labels that most counts of a protocol have."""
        return {"species": self.case.species, "analysis_type": self.case.analysis}

    def moved(self, after: ProtocolStatus, at: Moment) -> None:
        """Count that the protocol left its status for another."""
        assert self.status is not None and self.since is not None
        tally = self.scene.tally
        tally.add("protocol_status_changes_total", from_status=self.status, to_status=after)
        stood = self.scene.clock.between(self.since, at)
        tally.lasted("protocol_age_days", stood.by(DAY), status=self.status)
        self.status, self.since = after, at

    async def wait(self, least: float, most: float) -> None:
        """Let some hours pass in the laboratory before the next step."""
        await self.scene.clock.wait(self.chance.uniform(least, most))
