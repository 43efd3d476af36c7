"""The labels that labotel thinks a query has, against those that Prometheus answers with."""

import re
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from labotel.render.promql import Problems, check

from .matching import BOUNDS, DATA, KNOWN, answers

RICH = {
    **{f'{name}_bucket{{job="{job}",method="{method}",le="{le}"}}': "5x10"
       for name in ("took", "tried") for job in "ab" for method in ("GET", "POST")
       for le in BOUNDS},
    **{f'served{{job="{job}",method="{method}"}}': "5x10" for job in "ab"
       for method in ("GET", "POST")},
    **{f'ready{{job="{job}"}}': "5x10" for job in "ab"},
    **{f'limit{{job="{job}",method="GET",le="2"}}': "5x10" for job in "ab"},
}  # fmt: skip
"""Two of each."""
_LISTS = st.lists(st.sampled_from(["job", "method", "le"]), max_size=2, unique=True).map(", ".join)
_LEAVES = st.sampled_from(
    ["took_bucket", "tried_bucket", "served", "ready", "limit", 'took_bucket{le="1"}', "hour()",
     'took_bucket{le=~"1|2"}', 'served{method="GET"}', 'served{method!="GET"}', "vector(1)", "5",
     '{__name__="served"}', 'absent(served{job="a",method="PUT"})', 'absent((ready{job="z"}))']
)  # fmt: skip
_ONE = st.sampled_from(
    ["sum({})", "abs({})", "-{}", "timestamp({})", "max_over_time(({})[5m:1m])", "round({}, 5)",
     "histogram_quantile(0.5, {})", "histogram_fraction(0, 1, {})", "absent({})", "clamp({}, 0, 1)",
     'count_values("v", {})', 'count_values by (job) ("job", {})', "topk(1, {})", "sort({})",
     'label_replace({}, "v", "$1", "le", "(.*)")', 'label_replace({}, "le", "x", "job", ".*")',
     'label_replace({}, "method", "$1", "job", "b(.*)")', 'label_join({}, "le", "-", "job")',
     'label_join({}, "v", "-", "le", "job")']
)  # fmt: skip
_SUMS = st.sampled_from(["sum by ({})", "max without ({})", "count by ({})", "avg without ({})"])
_MATCHES = st.sampled_from(
    ["", "", "on ({})", "ignoring ({})", "on ({}) group_left ()", "ignoring ({}) group_right ()",
     "on ({}) group_left (method)", "ignoring ({}) group_left (le)"]
)  # fmt: skip
_OPERATORS = st.sampled_from(["+", "/", "-", "> bool", "!= bool", "and", "or", "unless"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, _OPERATORS, _MATCHES, _LISTS, inner)
    return st.one_of(
        st.tuples(_ONE, inner).map(lambda t: t[0].format(t[1])),
        st.tuples(_SUMS, _LISTS, inner).map(lambda t: f"{t[0].format(t[1])} ({t[2]})"),
        pair.map(lambda t: f"({t[0]} {t[1]} {t[2].format(t[3])} {t[4]})"),
    )


# An example is a call of promtool with hundreds of expressions: which one it is the error says.
@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(st.lists(st.recursive(_LEAVES, _larger, max_leaves=4), min_size=200, max_size=300))
def test_what_comes_out_has_the_labels_that_were_thought(
    tmp_path: Path, expressions: list[str]
) -> None:
    """Over one series of each and over several; what is refused as failing for certain fails."""
    small, rich = (answers(expressions, tmp_path, data) for data in (DATA, RICH))
    for expression in small:
        each = (small[expression], rich[expression])
        try:
            labels = check(expression, KNOWN)
        except Problems as found:
            text = "; ".join(found.lines)
            failing = re.search("several series|never match|would be one", text)
            # A part that fails is no more than nothing to these.
            lives = re.search(r" or | unless |absent", expression)
            if failing and not lives:
                assert all(one.empty for one in each), (expression, text)
        else:
            assert all(one.labels <= labels.names for one in each), (expression, labels)
