"""An alert's templates, judged by labotel and by promtool: the same."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines import binary
from labotel.render import templates
from labotel.render.labels import Labels

from .http import ask
from .test_promql import address

__all__ = ["address"]

TAKEN = (
    "", "}} { {", "{{ $value | humanize }}", "{{ $labels.x }}{{ .Labels.x }}{{ $.Labels.x }}",
    "{{- $value -}}", "{{/* { */}}x", "{{- /* c */ -}}", '{{ "a }} b" }}', "{{ `a }}\n b` }}",
    '{{ printf "%.2f" $value }}', '{{ (query "up" | first).Labels.x }}', '{{ index $labels "x" }}',
    "{{ $x := 5 }}{{ $x }}", "{{ if true }}a{{ else if false }}b{{ else }}c{{ end }}",
    '{{ with query "up" }}{{ . | first | value }}{{ else with 5 }}{{ . }}{{ end }}',
    '{{ range $i, $e := query "up" }}{{ $i }}{{ $e.Labels.x }}{{ break }}{{ end }}',
    '{{ define "t" }}{{ . }}{{ end }}{{ template "t" . }}', '{{ block "t" . }}a{{ end }}',
    '{{ "a" | reReplaceAll "a" "b" | toUpper }}', "{{ nil }}{{ true }}{{ 'x' }}{{ 0x1F }}",
    "{{ and true (not false) }}", "{{ $value = 5 }}", "{{ externalURL }}{{ .ExternalURL }}",
    "{{ $value | humanizeDuration }}{{ humanizePercentage 0.5 }}", "{{ $labels.größe }}",
)  # fmt: skip
REFUSED = (
    "{{ $value | humanise }}", "{{ $labels.x", "{{ }}", "{{ | humanize }}", "{{ $value | 5 }}",
    "{{ $foo }}", "{{ if $x := 5 }}{{ end }}{{ $x }}", "{{ if true }}", "{{ end }}", "{{ else }}",
    "{{ /* c */ }}", "{{-$value-}}", "{{ break }}", "{{{ $value }}}", '{{ "a\nb" }}', "{{ a.b }}",
    "{{ $labels. x }}", "{{ # }}", '{{ tmpl "x" . }}', "{{ with }}{{ end }}", "{{ end if }}",
    "{{ (5 }}", "{{ 5) }}", "{{ $labels['x'] }}", "{{ $value + 5 }}", "{{ $value, 5 }}",
    '{{ "\\q" }}', '{{ if 1 }}{{ define "x" }}{{ end }}{{ end }}', "{{ humanize($value) }}",
    "{{ if 1 }}{{ else }}{{ else }}{{ end }}", "{{ if 1 }}{{ else with 2 }}{{ end }}",
    '{{ "a".x }}', "{{ 5 | . }}", "{{ template x }}", '{{ block "x" }}{{ end }}', "{{ toJson 5 }}",
    "{{ range $a, $b, $c := 5 }}{{ end }}", "{{ if $a, $b := 5 }}{{ end }}", "{{/* c }}",
    '{{ define "t" }}{{ $labels.x }}{{ end }}', "{{ 1.2.3 }}", "{{ 5x }}",
)  # fmt: skip
_PARTS = st.sampled_from(
    ["{{", "}}", "{{ ", " }}", "{{- ", " -}}", "{{/*", "*/}}", "$labels", "$labels.x", "$value",
     "$x", "$", ".", ".Labels", ".Value", "humanize", "query", "value", "printf", '"%s"', "`a`",
     "5", "1.5",
     "|", " | ", " ", "(", ")", " := ", "=", ",", "if", "else", "end", "range", "with", "define",
     "template", "block", "break", "nil", "true", "text", "#", "[", "-", "nosuch", "{", "\n", '"a',
     "$i, $e := ", "if true", "{{ end }}", "{{ if $value }}", "{{ else }}",
     "{{ range query `up` }}"]
)  # fmt: skip
_TEXTS = st.lists(_PARTS, max_size=9).map("".join)


def refused(texts: Sequence[str], folder: Path) -> set[str]:
    """Return those that promtool refuses."""
    rules = [
        {"alert": f"A{i}", "expr": "up", "annotations": {"summary": text}}
        for i, text in enumerate(texts)
    ]
    file = folder / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    command = [binary("promtool"), "check", "rules", "--lint=none", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("SUCCESS" in done.stdout) or ("template: __alert_A" in done.stderr), done.stderr
    said = done.stdout + done.stderr
    return {texts[int(number)] for number in re.findall(r"template: __alert_A(\d+):", said)}


def ours(texts: Sequence[str]) -> set[str]:
    """Return those that labotel refuses; of labels and of what is asked promtool says nothing."""
    known = Labels(open=True)
    return {
        text
        for text in texts
        if any("no template" in line or "no function" in line
               for line in templates.of(text, known, {}))
    }  # fmt: skip


def test_the_functions_are_prometheuss_list(address: str) -> None:
    """As one that runs tells them."""
    has = ask(f"{address}/api/v1/features")["data"]["templating_functions"]
    assert {name for name, on in has.items() if on} == set(templates.FUNCTIONS)


def test_gos_functions_are_taken(tmp_path: Path) -> None:
    """All of them, and none else."""
    texts = [f"{{{{ {name} }}}}" for name in (*templates.GO, "nosuch")]
    assert refused(texts, tmp_path) == ours(texts) == {"{{ nosuch }}"}


def test_what_is_taken_and_what_is_refused(tmp_path: Path) -> None:
    """By both."""
    assert refused(TAKEN, tmp_path) == ours(TAKEN) == set()
    assert refused(REFUSED, tmp_path) == ours(REFUSED) == set(REFUSED)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example writes the file anew
@given(st.lists(_TEXTS, min_size=100, max_size=200))
def test_words_as_they_fall(tmp_path: Path, texts: list[str]) -> None:
    """Both say the same."""
    assert ours(texts) == refused(texts, tmp_path)
