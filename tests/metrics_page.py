"""A page of metrics as prometheus_client's own parsers read it."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
from prometheus_client.samples import Sample

Labels = frozenset[tuple[str, str]]

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
FORMATS = {"text/plain": prometheus, OPENMETRICS: openmetrics}
"""What is asked for, and the parser of what is answered."""

SCRAPE = "metrics"
"""How the route of the page itself begins: the driver did not ask for it."""


@dataclass(frozen=True)
class Page:
    """The families of one page, by the name that people know: a counter's ends in `_total`."""

    families: dict[str, Metric]

    @classmethod
    def read(cls, accept: str, text: str) -> "Page":
        """Read a page that was answered to this Accept header."""
        families = FORMATS[accept](text)
        return cls({f.name + ("_total" if f.type == "counter" else ""): f for f in families})

    def samples(self, name: str) -> Iterator[Sample]:
        """The samples that say how much: a histogram's counts, and no `_created`."""
        family = self.families.get(name)
        if family is None:
            return
        yield from self._named(name, f"{name}_count" if family.type == "histogram" else name)

    def _named(self, name: str, wanted: str) -> Iterator[Sample]:
        """A family's samples of one name, but those of the page itself."""
        for sample in self.families[name].samples if name in self.families else ():
            route = sample.labels.get("endpoint", "").removeprefix("^")
            if sample.name == wanted and not route.startswith(SCRAPE):
                yield sample

    def numbers(self, name: str, by: frozenset[str]) -> dict[Labels, float]:
        """A metric's numbers by some of its labels; zeros are left out."""
        found: dict[Labels, float] = {}
        for sample in self.samples(name):
            key = frozenset(pair for pair in sample.labels.items() if pair[0] in by)
            found[key] = found.get(key, 0) + sample.value
        return {labels: value for labels, value in found.items() if value}

    def total(self, name: str, **labels: str) -> float:
        """The sum of a metric's numbers that have these labels."""
        wanted = labels.items()
        return sum(s.value for s in self.samples(name) if wanted <= s.labels.items())

    def sums(self, name: str, by: frozenset[str] = frozenset()) -> dict[Labels, float]:
        """A histogram's sums by some of its labels; zeros are left out."""
        found: dict[Labels, float] = {}
        for sample in self._named(name, f"{name}_sum"):
            key = frozenset(pair for pair in sample.labels.items() if pair[0] in by)
            found[key] = found.get(key, 0) + sample.value
        return {labels: value for labels, value in found.items() if value}

    def sum(self, name: str) -> float:
        """The sum of a histogram's sums."""
        return sum(self.sums(name).values())

    def buckets(self, name: str) -> dict[float, float]:
        """How many of a histogram's measurements are at most as high as each of its bounds."""
        found: dict[float, float] = {}
        for sample in self._named(name, f"{name}_bucket"):
            bound = float(sample.labels["le"])
            found[bound] = found.get(bound, 0) + sample.value
        return dict(sorted(found.items()))

    def label_sets(self, name: str) -> set[frozenset[str]]:
        """The sets of label names that a metric's samples have, besides `le`."""
        return {frozenset(s.labels) - {"le"} for s in self.families[name].samples}

    def values(self, name: str, label: str) -> set[str]:
        """The values that a label has on a metric."""
        samples = self.families[name].samples if name in self.families else []
        return {s.labels[label] for s in samples if label in s.labels}
