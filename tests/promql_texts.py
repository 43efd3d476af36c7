"""PromQL, right and wrong, for both judges of it."""

from collections.abc import Iterable, Iterator
from itertools import product

from hypothesis import strategies as st

METRICS = ("a", "b", "m", "foo:bar", "a_total", "anchored", "step", "fill", "日本")
SUMS = (
    "sum", "avg", "count", "group", "min", "max", "stddev", "stdvar", "topk", "bottomk", "limitk",
    "limit_ratio", "quantile", "count_values",
)  # fmt: skip

TAKEN = (
    # Names, in braces and out of them.
    '{"a"}', '{"日本", x="y"}', '{__name__="a"}', 'a{"x y"="z"}', 'sum by ("x y") (a)', "foo:bar",
    "anchored", "fill", "step", "{__name__=~\"a|b\", x='y'}", "sum by (on, by, anchored) (a)",
    # Comments, strings, numbers.
    "a # {[(\n + b", "sum( # don't\na)", "a{x='\\''}", "a{x=`\\`}", 'a{x="#"}', "a{x=~`\\d+`}",
    "a + 1_000", "a + 0x1F", "a > .5", "a * Inf", "a + 1h30m", "a - -1e-3", "- + - a",
    # Durations that are computed.
    "rate(a[5m + 30s])", "rate(a[2*(1m+10)])", "rate(a[ 5m # so long\n])", "a offset (2*1h)",
    "a offset -min_of(5m, 1h)", "rate(a[max_of(5m, step()+1)])", "max_over_time(a[1h:2*30s])",
    "a offset 5m + 1m", "a offset (5m) % 2 > 1", "rate(a[300])", "a offset 0s",
    "sum_over_time(a[1h:] @ 5) > 1",
    # Ranges that are longer than they are.
    "increase(a[1d] anchored)", "increase(a[1d] offset 1d anchored)", "rate((a[5m] smoothed))",
    "increase(a[1d] anchored @ end())", "sum(a smoothed)", "changes(a[5m] ANCHORED)",
    # Where, when, and of what.
    "a @ 1609746000", "a @ start() offset -5m", "sum_over_time(rate(a[5m])[1h:5m] offset 1d)",
    "max_over_time(a[1h:5m] @ end())", "a </ 5", "5 >/ a", "a atan2 b", "a == bool b",
    "a + on (x) group_left (y) b", "a and on () b", "count_values(\"日\", a)", "hour()",
    "(((((a)))))", "a ^ -b ^ 2", "absent(a{x!~\".+\"})", "topk by (x) (scalar(vector(2)), b)",
)  # fmt: skip

REFUSED = (
    # A flag is not set.
    'sort_by_label(a, "x")', "limitk(1, a)", "LIMITK by (x) (1, a)", "limit_ratio(0.5, a)",
    "info(a)",
    "mad_over_time(a[5m])", "ts_of_max_over_time(a[5m])", "a + fill (0) b", "end()", "max_of(1, 2)",
    "a + on (x) fill_left (0) fill_right (1) b", "日本", "a.b", 'a{x.y="z"}',
    "double_exponential_smoothing(a[5m], 0.5, 0.5)", 'histogram_quantiles(a, "q", 0.9)',
    # It is no PromQL.
    "", "#", "()", "a b", "a +", "a[5m", "a{x=", 'a{x="', "a{x='\n'}", "a = b", "a[5m][5m]", "$a",
    'a{x="b" or y="c"}', "a[]", "a[x]", "a[:5m]", "a[5m:1m:1m]", "1_", "1__0", "1e1000", "5M",
    "30s5m", "a @ 1e100", "a @ b", "a @ 5 @ 6", "a offset 5m offset 6m", "(a) offset 5m",
    'a{__name__="b"}', "{}", '{x=""}', '{x=~".*"}', "sum(a, b)", "a and 1", "1 == 2",
    "a + bool b", "a + group_left b", "a + on (x) group_left (x) b", '+"x"', "ln(-1)", "rate(a)",
    # Patterns that RE2 does not take.
    'a{x=~"("}', 'a{x=~"y**"}', 'a{x=~"y{1001}"}', 'a{x=~"(?=y)"}', 'a{x!~"(?x)y"}', 'a{x=~`\\u`}',
    # It fails as soon as it is asked.
    "rate(a[0])", "rate(a[5m - 10m])", "rate(a[5m / 0])", "rate(a[300y])", "a offset (300y)",
    "max_over_time(a[5m] anchored)", "changes(a[5m] smoothed)", "rate(a[5m] anchored smoothed)",
    "rate(a[5m:1m] anchored)", "rate((a[5m]) anchored)", "a </ bool 5", "1 </ 2",
)  # fmt: skip


def calls(names: Iterable[str]) -> Iterator[str]:
    """Give a call of each of these with each kind of argument, up to three."""
    for name in names:
        for many in range(4):
            for given in product(("a", "a[5m]", "1", '"s"'), repeat=many):
                yield f"{name}({', '.join(given)})"


_LEAVES = st.sampled_from(
    ["a", 'b{x="y"}', "5", "5m", "a[5m]", '"s"', '{"m"}', "a offset 5m", "a[5m] anchored", "a @ 5",
     "time()", "a[1h:5m]", "-1", '{__name__=~"a|b"}', 'b{x=~"y.*",z!="1"}', "1_0", "NaN", "-a",
     "a offset (1m+2m)", "a[2*3m]", "a[5m] smoothed", "# c\n a", "vector(1)", "anchored"]
)  # fmt: skip
_OPERATORS = st.sampled_from(
    ["+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless",
     "atan2", "</", ">/"]
)  # fmt: skip
_MODIFIERS = st.sampled_from(
    ["", "", "", "bool ", "on (x) ", "ignoring (y) ", "on (x) group_left (z) ", "bool on (x) ",
     "on () group_right ", "ignoring (x) group_left (x) ", "fill (0) ", "on (x) fill_left (1) "]
)  # fmt: skip


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, _OPERATORS, _MODIFIERS, inner)
    one = st.sampled_from(
        ["({})", "sum ({})", "max by (x) ({})", "avg without (x,) ({})",
         "topk(2, {})", "rate({})", "increase({})", "abs({})", "ln({})", "absent({})", "scalar({})",
         "vector({})", "max_over_time({})", "changes({})", "timestamp({})", "info({})", "hour({})",
         "quantile(0.5, {})", "round({}, 5)", "histogram_quantile(0.9, {})", "absent_over_time({})",
         'label_replace({}, "d", "$1", "s", "(.*)")', 'label_join({}, "d", "-")', "-{}", "+ {}",
         'count_values("v", {})', "{}[5m]", "{}[1h:1m]", "{}[step():]", "{}[5m-5m]", "{} offset 5m",
         "{} offset (1m*2)", "{} offset b", "{} @ end()", "{} @ -1", "{}[5m] anchored", "{} # }}\n"]
    )  # fmt: skip
    return st.one_of(
        pairs.map(lambda p: f"{p[0]} {p[1]} {p[2]}{p[3]}"),
        st.tuples(one, inner).map(lambda p: p[0].format(p[1])),
    )


def expressions() -> st.SearchStrategy[str]:
    """Return what is PromQL but for its types."""
    return st.recursive(_LEAVES, _larger, max_leaves=6)


def soup() -> st.SearchStrategy[str]:
    """Return words of PromQL as they fall, and expressions with one in their midst."""
    sign = st.sampled_from([*"(){}[],:=!.$'`\"#@;~", "=~", "!~", "by", "on", "offset", "rate"])
    word = st.one_of(
        _LEAVES, _OPERATORS, _MODIFIERS, st.sampled_from(TAKEN), st.text(max_size=3), sign
    )
    return st.one_of(
        st.lists(word, max_size=6).map(" ".join), st.lists(word, max_size=6).map("".join),
        st.tuples(expressions(), word, st.integers(0, 30)).map(
            lambda t: t[0][: t[2]] + t[1] + t[0][t[2] :]
        ),
    )  # fmt: skip


def patterns() -> st.SearchStrategy[str]:
    """Return what may be a pattern."""
    part = st.sampled_from(
        [*"abA19.*+?|()[]^$-{},é", "\\d", "\\W", "\\.", "\\n", "(?:", "(?i)", "[^", "{2}", "{1,2}",
         "{2,}", "\\s", "\\", "(?x)", "\\u", "\\b", "(?s)", "(?P<n>", "(?=", "\\Q", "\\1",
         "[[:alpha:]]"]
    )  # fmt: skip
    return st.lists(part, max_size=8).map("".join)


def values() -> st.SearchStrategy[str]:
    """Return what a label may be."""
    return st.text("abA19.-{}, é", min_size=1, max_size=4)
