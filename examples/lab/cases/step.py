"""Steps: what changes a record, one person at a time."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import models, transaction

from lab.refused import Refused

M = TypeVar("M", bound=models.Model)
P = ParamSpec("P")
R = TypeVar("R")


def step(method: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """Make a model's method a step: a transaction in which nobody else changes the row.

    The row is read anew under its lock, so the step decides by what is true now and not by what
    was true when the page was shown: of two people who do the same at once, one is refused. A step
    that raises leaves nothing behind, and as events are said on commit, it has said nothing either.
    """

    @wraps(method)
    def run(self: M, *args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            rows = type(self)._base_manager.select_for_update()
            try:
                self.refresh_from_db(from_queryset=rows)
            except type(self).DoesNotExist as error:
                raise Refused(f"{self} was deleted meanwhile") from error
            return method(self, *args, **kwargs)

    return run
