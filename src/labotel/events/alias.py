"""A name that dashboards use already, for a metric that has another one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from labotel.events.errors import DeclarationError, check_texts

_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class Alias:
    """A recording rule called `name`: a metric `of` labotel's under a name that it had elsewhere.

    `of` is a metric's name with an optional PromQL selector; of a histogram it gives the buckets,
    the sum and the count, and ``…_count`` of one is a counter::

        Alias("django_http_requests_total_by_method_total", "http_requests_total", by=("method",))
        Alias("django_cache_get_hits_total", 'cache_operations_total{operation="get",result="hit"}',
              by={"backend": "cache_type"})
        Alias("api_errors_total", 'http_requests_total{status=~"5.."}', by=("endpoint",),
              labels={"error_type": "server_error"})

    `by` are the labels that stay, or {label: the metric's own}; all others are added up, and who
    measured (`instance` among them) stays: a process that starts anew is a reset of its own series
    alone, so no rate moves. `labels` are constant ones. Several aliases may share a name, as long
    as their constant labels tell them apart.
    """

    name: str
    of: str
    by: tuple[str, ...] | Mapping[str, str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise DeclarationError(
                f"Alias({self.name!r}): the name must be one of Prometheus's, as in "
                "'django_http_requests_total'"
            )
        by: object = self.by
        if isinstance(by, str) or not isinstance(by, (tuple, list, Mapping)):
            raise DeclarationError(
                f"{self.name}: by={by!r}; allowed: a tuple of labels, or "
                "{label: the metric's own}"
            )
        labels: object = self.labels
        if not isinstance(labels, Mapping):
            raise DeclarationError(f"{self.name}: labels={labels!r}; allowed: {{label: value}}")
        check_texts(self.name, of=self.of, **{f"labels[{k!r}]": v for k, v in labels.items()})
        for label in (*self.renamed, *self.renamed.values(), *labels):
            if not isinstance(label, str) or not _LABEL.fullmatch(label):
                raise DeclarationError(f"{self.name}: {label!r} is no label's name")
        for label in labels:
            if label in self.renamed:
                raise DeclarationError(f"{self.name}: {label!r} stands in by and in labels")

    @property
    def renamed(self) -> dict[str, str]:
        """Its labels, each with the metric's own that it is."""
        return dict(self.by) if isinstance(self.by, Mapping) else {one: one for one in self.by}
