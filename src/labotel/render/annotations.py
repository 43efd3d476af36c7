"""Deployments on every dashboard: a point where a version of a service begins.

Grafana asks a range of Prometheus, and marks each point of what it answers ("Annotate
visualizations"; of Prometheus's own keys `step`, `titleFormat` and `tagKeys`).
"""

from collections.abc import Mapping
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard as builder
from grafana_foundation_sdk.models import dashboard as model

from labotel.events.panels import Query
from labotel.render import panels
from labotel.render.series import Series

_BY: Final = (
    "group by (service_namespace, service_name, deployment_environment_name, service_version)"
)
_VERSIONS: Final = 'target_info{service_version!=""}'

DEPLOYMENTS: Final = Query(
    # It is there now, and one step before it was not, nor in the day before that: one point.
    f"{_BY} ({_VERSIONS})\nunless\n{_BY} (last_over_time({_VERSIONS}[1d] offset $__interval))",
    "{{service_name}} {{service_version}}",
)


class _Titled(model.AnnotationQuery):
    """An annotation with what Prometheus's are titled by, for which the SDK has no names."""

    def to_json(self) -> dict[str, object]:
        """Return it as Grafana has it; a step is a minute at least."""
        return super().to_json() | {
            "step": "60s",
            "titleFormat": DEPLOYMENTS.legend,
            "tagKeys": "deployment_environment_name",
        }


class _Deployments(builder.AnnotationQuery):
    """The SDK's builder, of such an annotation."""

    def build(self) -> model.AnnotationQuery:
        """Return it."""
        return _Titled(**vars(super().build()))


def deployments(known: Mapping[str, Series]) -> Any:
    """Return the builder of a dashboard's annotation, with its filters."""
    made = _Deployments().name("Deployments").datasource(panels.source("prometheus"))
    return made.enable(True).icon_color("blue").expr(panels.asked(DEPLOYMENTS, known))
