"""What another program emits: no declaration of ours, but what queries may name all the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WHO: Final = ("job", "instance", "service_name", "service_instance_id")
"""The labels of what the Collector reads: which program, and which one of them."""


@dataclass(frozen=True)
class Foreign:
    """The series of one source, by their names in Prometheus, each with its labels.

    `who` are the labels that each has besides. `make test-stack` compares them with what arrives.
    """

    name: str
    source: str
    version: str
    who: tuple[str, ...]
    series: Mapping[str, tuple[str, ...]]
