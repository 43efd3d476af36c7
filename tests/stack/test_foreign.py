"""What other programs emit is what is listed of them: by name, and by labels."""

import pytest
import yaml

from labotel.catalogs.builtin import BUILT_IN
from labotel.catalogs.foreign import FOREIGN
from labotel.catalogs.foreign.foreign import Foreign
from labotel.render import declared

from .backends import COMPOSE
from .stack import Stack
from .story import Story

pytestmark = pytest.mark.timeout(600)

PREFIXES = {
    "collector": "otelcol_", "containers": "container_", "host": "system_", "nginx": "nginx_",
    "postgresql": "postgresql_", "redis": "redis_", "spans": "traces_span_metrics_",
    "service graph": "traces_service_graph_", "urls": "httpcheck_",
}  # fmt: skip

OWN = {
    name + part
    for name in declared.of(BUILT_IN).metrics
    for part in ("", "_bucket", "_count", "_sum")
}
"""labotel's own: `system_load_average` and `redis_client_…` begin as the Collector's do."""


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda foreign: foreign.name)
def test_what_arrives_is_what_is_listed(foreign: Foreign, stack: Stack, story: Story) -> None:
    """Each series with exactly its labels; and nothing that is not listed."""
    query = f'last_over_time({{__name__=~"{PREFIXES[foreign.name]}.+"}}[10m])'
    arrived: dict[str, set[str]] = {}
    for labels, _ in stack.metrics().query(query, story.until):
        arrived.setdefault(labels["__name__"], set()).update(labels.keys() - {"__name__"})
    listed = {name: set(labels) for name, labels in foreign.series.items()}
    assert arrived
    assert {name for name in arrived if name not in listed} - OWN == set()
    differs = {
        name: (found ^ (listed[name] | set(foreign.who)))
        for name, found in arrived.items()
        if name in listed and not listed[name] <= found <= listed[name] | set(foreign.who)
    }
    assert differs == {}


def test_its_version_is_that_of_the_collector() -> None:
    """They are all read or made by it."""
    manifest = yaml.safe_load((COMPOSE.parent / "collector" / "manifest.yaml").read_text())
    assert {foreign.version for foreign in FOREIGN} == {manifest["dist"]["version"]}
