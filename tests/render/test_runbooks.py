"""Each alert has its page, and what the page asks can be asked."""

import re
from pathlib import Path

import pytest
import yaml

from labotel import Catalog, Objective
from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.render import declared, logql, series
from labotel.render.files import all_of, files
from labotel.render.promql import Problems, check, names

PAGES = Path(__file__).parents[2] / "docs" / "runbooks"
PROMISED = Catalog(
    "promised", objectives=[Objective("answers", "http_requests_total", "http_requests_total", 0.9)]
)


def test_each_alert_has_a_page_and_each_page_an_alert() -> None:
    """At the address that the alert gives."""
    groups = [
        group
        for path, text in files(BUILT_IN, [lab.catalog, PROMISED], runbooks="docs/runbooks").items()
        if path.endswith(".yml")
        for group in yaml.safe_load(text)["groups"]
    ]
    rules = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    asked = {rule["annotations"]["runbook_url"] for rule in rules}
    assert asked == {f"docs/runbooks/{page.name}" for page in PAGES.iterdir()}


@pytest.mark.parametrize("page", sorted(PAGES.iterdir()), ids=lambda page: page.stem)
def test_a_page_asks_what_is_emitted(page: Path) -> None:
    """Every PromQL and LogQL on it; a metric of another program is not judged."""
    made = declared.of(all_of(BUILT_IN, [lab.catalog, PROMISED]))
    known = series.of(made)
    text = page.read_text()
    assert text.startswith(f"# {page.stem}\n\n") and "\n## Look\n" in text and "\n## Do\n" in text
    for query in re.findall(r"`([^`]+)`", text):
        assert list(logql.problems(query, made.events)) == []
        try:
            read = names(query)
        except Problems:
            continue  # a command, a LogQL query
        if read & known.keys():
            check(query.replace("…", ".*"), known)


def test_links_between_pages_lead_somewhere() -> None:
    """Within the folder and into the documentation."""
    for page in PAGES.iterdir():
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert (PAGES / target).exists(), (page.name, target)
