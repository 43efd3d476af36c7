"""`labotel budget`: the series that the declared events can make, the worst first."""

import json
from collections.abc import Sequence
from typing import Any

import click

from labotel.catalogs.builtin import BUILT_IN
from labotel.cli.application import catalogs_argument, chosen, settings_option
from labotel.policy.budget import Cost, costs


@click.command(short_help="Show the time series that the declared events can make.")
@catalogs_argument
@settings_option
@click.option("--slots", default=1, type=click.IntRange(min=1), show_default=True,
              help="Worker processes: each is an `instance` of its own.")  # fmt: skip
@click.option("--all", "every", is_flag=True, help="Every metric, not the ten worst of each part.")
@click.option("--limit", type=click.IntRange(min=0), metavar="SERIES",
              help="End with 1 where the catalogues' own series are more (for CI).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def budget(
    catalogs: Sequence[str],
    settings: str | None,
    slots: int,
    every: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Show how many time series the declared events can make, by metric, the worst first.

    The catalogues are those that the application's settings configure, or those given as
    MODULE:CATALOG. What labotel itself says of requests, queries and tasks is shown apart: its
    labels (a route, a table) are bounded by caps, and no application reaches them all.
    """
    own = costs(chosen(catalogs, settings))
    built_in = costs(BUILT_IN)
    total = sum(cost.series for cost in own) * slots
    if as_json:
        click.echo(json.dumps(_json(own, built_in, slots), indent=2))
    else:
        _table("Declared by the application", own, slots, every)
        _table("Built in, at most", built_in, slots, every)
        if own:
            worst = own[0]
            click.echo(f"The worst is {worst.metric}: {_product(worst)}.")
    if limit is not None and total > limit:
        raise click.ClickException(f"{total:,} series are more than the limit of {limit:,}")


def _table(title: str, found: list[Cost], slots: int, every: bool) -> None:
    total = sum(cost.series for cost in found) * slots
    workers = f" in {slots} slots" if slots > 1 else ""
    click.echo(f"{title}: {len(found)} metrics, {total:,} series{workers}")
    shown = found if every else found[:10]
    width = max((len(cost.metric) for cost in shown), default=0)
    for cost in shown:
        click.echo(f"  {cost.series * slots:>9,}  {cost.metric:<{width}}  {_product(cost)}")
    if len(found) > len(shown):
        rest = sum(cost.series for cost in found[len(shown) :]) * slots
        click.echo(f"  {rest:>9,}  {len(found) - len(shown)} more (--all shows them)")
    click.echo()


def _product(cost: Cost) -> str:
    """Return how a metric's series come about, as a product."""
    labels = " x ".join(f"{number} {label}" for label, number in cost.labels) or "no labels"
    if cost.capped:
        labels = f"{labels}, capped at {cost.sets:,} label sets"
    if cost.kind == "histogram":
        return f"{labels}; each {cost.buckets} buckets + 3"
    return labels


def _json(own: list[Cost], built_in: list[Cost], slots: int) -> dict[str, Any]:
    return {
        "slots": slots,
        "series": sum(cost.series for cost in own) * slots,
        "metrics": [_row(cost, slots) for cost in own],
        "built_in": [_row(cost, slots) for cost in built_in],
    }


def _row(cost: Cost, slots: int) -> dict[str, Any]:
    return {
        "metric": cost.metric,
        "catalog": cost.catalog,
        "kind": cost.kind,
        "labels": dict(cost.labels),
        "label_sets": cost.sets,
        "capped": cost.capped,
        "series": cost.series * slots,
    }
