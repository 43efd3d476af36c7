"""PromQL that is refused, in tests."""

from collections.abc import Mapping

import pytest

from labotel.render.promql import Problems, check
from labotel.render.series import Series


def said(expression: str, known: Mapping[str, Series]) -> str:
    """Return what is wrong with an expression, in lines."""
    with pytest.raises(Problems) as caught:
        check(expression, known)
    return "\n".join(caught.value.lines)
