"""What happens to each protocol of a run: drawn by chance, the same in every run."""

import random
from dataclasses import dataclass
from typing import Literal

from laboratory.words import AnalysisType, Complexity, SampleCondition, Species

DAYS = 10
STRICT_CLINIC = "strict-clinic.example"
CLINICS = ("north-clinic.example", "south-clinic.example", STRICT_CLINIC)

Ending = Literal["draft", "submitted", "received", "completed"]

_FINDINGS = (
    "The sections show a well-demarcated, unencapsulated mass that expands the superficial dermis.",
    "Cells are round to polygonal with distinct borders and moderate amounts of cytoplasm.",
    "There are two mitotic figures in ten fields; necrosis is not seen.",
    "The lateral and deep margins are free of neoplastic cells (closest: 4 mm).",
    "A mild perivascular infiltrate of lymphocytes and plasma cells surrounds the lesion.",
)
_PARAGRAPHS = {Complexity.SIMPLE: 8, Complexity.MODERATE: 60, Complexity.COMPLEX: 150}


@dataclass(frozen=True)
class Story:
    """One protocol's way; the waits are hours on the laboratory's clock, before each step."""

    clinic: str
    species: Species
    analysis_type: AnalysisType
    condition: SampleCondition
    complexity: Complexity
    ending: Ending
    smudged: bool
    signed_twice: bool
    waits: tuple[float, float, float, float, float]

    @property
    def findings(self) -> str:
        """Return what the histopathologist writes: the harder the case, the more."""
        number = _PARAGRAPHS[self.complexity]
        return "\n".join(_FINDINGS[i % len(_FINDINGS)] for i in range(number))


def stories(number: int) -> list[Story]:
    """Return so many stories, all of which end within `DAYS`."""
    chance = random.Random(17)
    return [_story(i, chance) for i in range(number)]


def _story(i: int, chance: random.Random) -> Story:
    ending: dict[int, Ending] = {5: "draft", 6: "submitted", 7: "received"}
    return Story(
        clinic=CLINICS[i % len(CLINICS)],
        species=chance.choice(list(Species)),
        analysis_type=chance.choice(list(AnalysisType)),
        condition=chance.choices(list(SampleCondition), (8, 1, 1))[0],
        complexity=chance.choices(list(Complexity), (5, 3, 1))[0],
        ending=ending.get(i % 8, "completed"),
        smudged=i % 8 == 1,
        signed_twice=i % 8 == 3,
        waits=(
            chance.uniform(0, 96),
            chance.uniform(1, 6),
            chance.uniform(6, 30),
            chance.uniform(6, 24),
            chance.uniform(12, 60),
        ),
    )
