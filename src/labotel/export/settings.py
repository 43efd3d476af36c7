"""Settings: where they may be set, and what is in force.

In order of precedence: keyword arguments of `configure`, `LABOTEL_*` and the standard `OTEL_*`
environment, Django's `LABOTEL` dictionary, the default. All that is wrong is reported at once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from labotel.events.errors import ConfigurationError as ConfigurationError
from labotel.events.errors import nearest
from labotel.events.texts import CAP, quoted, text_of
from labotel.export.settable import MILLISECONDS, SECRET, SETTINGS, TARGET, Setting
from labotel.policy.scrubbing import scrub

Signal = Literal["traces", "metrics", "logs"]


@dataclass(frozen=True)
class Target:
    """Where one signal goes, and how."""

    url: str
    headers: Mapping[str, str]
    compression: str
    timeout: float
    certificate: str | None
    client_certificate: str | None
    client_key: str | None


@dataclass(frozen=True)
class Settings:
    """The settings in force; each name of `SETTINGS` is an attribute."""

    values: Mapping[str, Any]
    targets: Mapping[Signal, Target] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def target(self, signal: Signal) -> Target:
        """Return where a signal goes."""
        return self.targets[signal]


def resolve(
    keywords: Mapping[str, Any], environ: Mapping[str, str], django: Any
) -> tuple[Settings, list[str]]:
    """Return the settings in force and every problem found; what is wrong has its default."""
    problems: list[str] = []
    if not isinstance(django, Mapping):
        problems.append(
            "LABOTEL is no dictionary: allowed: as in LABOTEL = {'environment': 'test'}"
        )
        django = {}
    problems += _unknown(keywords, environ, django)
    values: dict[str, Any] = {}
    given: set[str] = set()
    near: set[str] = set()
    for name, setting in SETTINGS.items():
        values[name] = setting.default
        for source, raw, factor in _sources(name, setting, keywords, environ, django):
            try:
                read = setting.read(raw)
            except ValueError as error:
                problems.append(f"{source}={_shown(name, raw)}: {error}")
            except Exception as error:  # an object whose own methods raise
                problems.append(f"{source}={_shown(name, raw)}: {type(error).__name__}")
            else:
                values[name] = read * factor if factor != 1 else read
                given.add(name)
                if source in (name, f"LABOTEL_{name.upper()}"):
                    near.add(name)
                break
    _protocols(environ, problems)
    targets = {s: _target(s, values, near, environ, problems) for s in _SIGNALS}
    return Settings(values, targets, frozenset(given)), problems


_SIGNALS: Final[tuple[Signal, ...]] = ("traces", "metrics", "logs")


def _shown(name: str, raw: object) -> str:
    if name in SECRET:
        return "<secret>"
    if type(raw) is str and "@" in raw[:4096]:  # a URL's user and password
        raw = re.sub(r"^([a-z]+://)?.*@", r"\1<secret>@", raw, flags=re.IGNORECASE | re.DOTALL)
    return scrub(quoted(raw, CAP))[:200]


def _sources(
    name: str,
    setting: Setting,
    keywords: Mapping[str, Any],
    environ: Mapping[str, str],
    django: Mapping[str, Any],
) -> list[tuple[str, Any, float]]:
    """Return (where, value, factor) in order of precedence; an empty variable counts as unset."""
    found: list[tuple[str, Any, float]] = []
    if keywords.get(name) is not None:
        found.append((name, keywords[name], 1))
    own = f"LABOTEL_{name.upper()}"
    if environ.get(own):
        found.append((own, environ[own], 1))
    for variable in setting.env:
        if environ.get(variable):
            factor = 1
            found.append((variable, environ[variable], factor))
    standard = MILLISECONDS.get(name)
    if standard and environ.get(standard):
        found.append((standard, environ[standard], 0.001))
    for key, value in django.items():
        if text_of(key, 100).lower() == name and value is not None:
            found.append((f"LABOTEL[{key!r}]", value, 1))
    return found


def _unknown(
    keywords: Mapping[str, Any], environ: Mapping[str, str], django: Mapping[str, Any]
) -> list[str]:
    problems = []
    for name in keywords:
        if name not in SETTINGS:
            problems.append(
                f"configure() has no setting {quoted(name, 100)}{nearest(name[:100], SETTINGS)}"
            )
    variables = {f"LABOTEL_{name.upper()}" for name in SETTINGS}
    for name in environ:
        if name.startswith("LABOTEL_") and name not in variables:
            problems.append(f"no setting is given by {name}{nearest(name, variables)}")
    for name in django:
        if text_of(name, 100).lower() not in SETTINGS:
            close = nearest(text_of(name, 100).lower(), SETTINGS)
            problems.append(f"LABOTEL[{quoted(name, 100)}] is no setting{close}")
    return problems


def _protocols(environ: Mapping[str, str], problems: list[str]) -> None:
    for signal in _SIGNALS:
        name = f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL"
        if environ.get(name) not in (None, "", "http/protobuf"):
            problems.append(f"{name}={scrub(repr(environ[name]))}: allowed: 'http/protobuf'")


def _target(
    signal: Signal,
    values: Mapping[str, Any],
    near: set[str],
    environ: Mapping[str, str],
    problems: list[str],
) -> Target:
    """Return a signal's target: its own OTEL_* variables give way to what was given nearer."""
    made: dict[str, Any] = {}
    for part in TARGET:
        made[part] = values[part]
        variable = f"OTEL_EXPORTER_OTLP_{signal.upper()}_{part.upper()}"
        raw = environ.get(variable)
        if not raw or part in near:
            continue
        try:
            made[part] = SETTINGS[part].read(raw)
        except ValueError as error:
            problems.append(f"{variable}={_shown(part, raw)}: {error}")
            continue
        if part == "endpoint":
            made["url"] = made[part]  # by the specification, used as it is
    endpoint = made.pop("endpoint")
    made.setdefault("url", f"{endpoint.rstrip('/')}/v1/{signal}")
    return Target(**made)
