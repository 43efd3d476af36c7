"""What an alert says is judged: its functions, its labels, what it asks.

`tests/stack/test_templates.py` compares it with promtool's verdict.
"""

import pytest

from labotel import Alert, Catalog
from labotel.catalogs.builtin import BUILT_IN
from labotel.render.files import RenderError, files
from labotel.render.labels import Labels
from labotel.render.series import Series
from labotel.render.templates import of

LABELS = Labels(frozenset({"endpoint", "method"}))
KNOWN = {"served": Series("served", "counter", frozenset({"way"}))}


@pytest.mark.parametrize(
    "text",
    [
        "{{ $labels.endpoint }}: {{ $value | humanizePercentage }}",
        "{{ .Labels.method | toUpper }}",
        '{{ index $labels "endpoint" }}', "{{ $labels.__name__ }}", "{{ $externalLabels.cluster }}",
        '{{ with query "sum(served)" }}{{ . | first | value }}{{ .Nothing }}{{ end }}',
        "{{ range query `served{way=\"x\"}` }}{{ .Labels.anything }}{{ end }}", "plain",
        "{{ $labels := 5 }}{{ $labels.view }}", "{{ $mine := .Labels.method }}{{ $mine }}",
        '{{ "x" | query }}', "{{ 1+2i }}{{ $labels.not_read }}", "{{ (5).x }}",
    ],
)  # fmt: skip
def test_what_fits(text: str) -> None:
    """Labels that the expression keeps, Prometheus's functions; what is not read is not judged."""
    assert list(of(text, LABELS, KNOWN)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ $value | humanise }}", "no function 'humanise' (did you mean 'humanize'?); allowed:"),
        ("{{ $labels.endpont }}", "'endpont' (did you mean 'endpoint'?); has: endpoint, method"),
        ("{{ .Labels.severity }}", "what the expression gives has no label 'severity'"),
        ("{{ $.Labels.view }}", "no label 'view'"),
        ("{{ if true }}{{ .Labels.view }}{{ end }}", "no label 'view'"),
        ("{{ with 5 }}{{ $labels.view }}{{ end }}", "no label 'view'"),
        ('{{ index $labels "view" }}', "no label 'view'"),
        ("{{ index .Labels `view` }}", "no label 'view'"),
        ("{{ .Label.endpoint }}", "an alert has no .Label; allowed: .ExternalLabels, .ExternalURL"),
        ('{{ query "sum(serve)" | first }}', "no catalogue emits 'serve' (did you mean 'served'?)"),
        ('{{ query "served{way=\\"x\\"" }}', "is no PromQL"),
        ("{{ $lables.endpoint }}", "$lables is not defined; there are $externalLabels,"),
        ("{{ $value ", "is no template: an action does not end"),
        ("{{ $value | 5 }}", "'5' takes no value from the one before it"),
        ("{{ if $value }}x", "{{if}} has no {{end}}"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(text: str, says: str) -> None:
    """With what was meant, and what there is."""
    assert says in "\n".join(of(text, LABELS, KNOWN))


@pytest.mark.parametrize(
    "text",
    ["{{" * 5000, "{{ " + "(" * 5000, "{{ if 1 }}" * 5000, "{{ $" * 900, "{{/*" * 900, "\0{{\0"],
)
def test_what_has_no_end(text: str) -> None:
    """It is refused, or nothing is said of it."""
    list(of(text, LABELS, KNOWN))


def test_an_alert_that_says_what_it_does_not_know_is_refused() -> None:
    """By name, with all else that does not fit."""
    alert = Alert(
        "Refusals", "sum by (endpoint) (http_requests_total) > 1", "warning",
        "{{ $labels.method }}: {{ $value | humanise }}",
    )  # fmt: skip
    with pytest.raises(RenderError) as caught:
        files([*BUILT_IN], [Catalog("site", alerts=[alert])])
    begun = "alert Refusals (site-alerts): summary: "
    text = str(caught.value)
    assert f"{begun}what the expression gives has no label 'method'; has: endpoint" in text
    assert f"{begun}Prometheus's templates have no function 'humanise'" in text
