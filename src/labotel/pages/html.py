"""The page of labotel's status for a browser: one document, which asks for itself anew."""

from collections.abc import Iterable
from html import escape
from typing import Any, Final

POLICY: Final = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
    "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
EVERY: Final = 5
"""Seconds between two looks of a page that is open."""

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #ff7b72; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .2rem 0; opacity: .8; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid var(--line); }
th { background: var(--soft); font-weight: 600; } td.n { text-align: right; }
td { overflow-wrap: anywhere; } code { font-size: .92em; }
.connected, .yes { color: var(--good); } .failed, .no { color: var(--bad); }
"""
_SCRIPT: Final = """
(function () {
  "use strict";
  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, {headers: {Accept: "text/html"}});
        if (answer.ok) {
          // This part alone: the policy of this page lets in no other document's style.
          const part = (await answer.text()).match(/<main>[^]*<\\/main>/)[0];
          const made = new DOMParser().parseFromString(part, "text/html");
          document.querySelector("main").replaceWith(made.querySelector("main"));
        }
      } catch (error) { /* the next look may find it */ }
    }
    setTimeout(look, EVERY * 1000);
  }
  setTimeout(look, EVERY * 1000);
})();
"""


def status_page(status: dict[str, Any], nonce: str) -> str:
    """Return the document; its style and script are let in by the nonce."""
    name = escape(str(status["service"].get("name", "")))
    script = _SCRIPT.replace("EVERY", str(EVERY))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}: labotel</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><style nonce="{nonce}">{_STYLE}</style></head><body>'
        f'<main>{_main(status, name)}</main><script nonce="{nonce}">{script}</script>'
        "</body></html>"
    )


def _main(status: dict[str, Any], name: str) -> str:
    process = status["process"]
    answers = {True: "yes", False: "no", None: "not asked yet"}[process["receiver_answers"]]
    waiting = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in process["waiting"].items())
    return (
        f"<h1>{name}</h1>"
        f"<p>labotel {escape(status['labotel'])}. A receiver answers: "
        f'<span class="{answers.split()[0]}">{answers}</span>. Waiting: {escape(waiting)}.</p>'
        f"<h2>Integrations</h2>{_integrations(status['integrations'])}"
        f"{_faults(status['faults'])}"
        f"<h2>What is measured</h2>{_metrics(status['metrics'])}"
        f"<h2>labotel itself, on this host</h2>{_own(status['host'])}"
    )


def _integrations(found: list[dict[str, str]]) -> str:
    return _table(
        ("integration", "state", ""),
        (
            (
                f"<td>{escape(one['name'])}</td>"
                f'<td class="{escape(one["state"])}">{escape(one["state"])}</td>'
                f"<td>{escape(one['detail'])}</td>"
            )
            for one in found
        ),
    )


def _faults(found: list[dict[str, str]]) -> str:
    if not found:
        return ""
    rows = (
        "".join(f"<td>{escape(f[key])}</td>" for key in ("where", "type", "last")) for f in found
    )
    table = _table(("where", "what", "last"), rows)
    return f"<h2>Faults kept from the application</h2>{table}"


def _metrics(found: list[dict[str, Any]]) -> str:
    return _table(
        ("metric", "type", "labels", "series", "what it is"),
        (
            (
                f"<td><code>{escape(one['name'])}</code></td><td>{escape(one['type'])}</td>"
                f"<td>{escape(', '.join(one['labels']))}</td>"
                f'<td class="n">{one["series"]}</td><td>{escape(one["description"])}</td>'
            )
            for one in found
        ),
    )


def _own(found: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for name, series in found.items():
        for one in series:
            labels = ", ".join(f"{k}={v}" for k, v in one["labels"].items())
            value = one.get("value", one.get("count", 0))
            rows.append(
                f"<td><code>{escape(name)}</code></td><td>{escape(labels)}</td>"
                f'<td class="n">{value:g}</td>'
            )
    return _table(("metric", "labels", "value"), rows)


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
