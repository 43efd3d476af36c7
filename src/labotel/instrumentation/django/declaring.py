"""What `track` was given for a Django model, judged; then it is seen."""

from collections.abc import Mapping
from typing import Any

from labotel.events.errors import DeclarationError
from labotel.instrumentation.django import models, rows, tracking
from labotel.instrumentation.django.tracking import Life, lives
from labotel.instrumentation.lives import Form, changed_form, check_fill, check_since, created_form


def track(
    model: Any,
    created: Any,
    field: Any,
    changed: Any,
    reached: Any,
    since: Any,
    fill: Any,
) -> None:
    """Judge all of it, then say the life of the model's objects from now on."""
    column = None if field is None else models.column(model, "field", field)
    time = _time(model, since, field)
    asked = models.model_of(model)
    known = fill if isinstance(fill, Mapping) else {}
    first = None if created is None else created_form(asked, created, known)
    forms = {
        part: changed_form(asked, part, event, field, time is not None, known)
        for part, event in _changes(changed, reached)
    }
    events = tuple(form.event for form in (first, *forms.values()) if form is not None)
    check_fill(asked, fill, events)
    if time is not None and time.null and "duration" not in fill:
        for form in forms.values():
            check_since(form.event, asked, since)
    life = Life(
        model, first, column, forms.get("changed"), _by_value(model, column, reached, forms), time
    )
    _add(life)


def _changes(changed: Any, reached: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    said = [] if changed is None else [("changed", changed)]
    return said + [(f"reached[{value!r}]", event) for value, event in reached.items()]


def _time(model: Any, since: Any, field: Any) -> Any:
    if since is None:
        return None
    from django.db.models import DateTimeField

    found = models.column(model, "since", since)
    if field is None or not isinstance(found, DateTimeField):
        times = [f.name for f in model._meta.get_fields() if isinstance(f, DateTimeField)]
        raise DeclarationError(
            f"track({model.__name__}): since={since!r}; allowed: with field=, one of the "
            f"DateTimeFields {', '.join(times) or '(there is none)'}"
        )
    return found


def _by_value(
    model: Any, column: Any, reached: Mapping[Any, Any], forms: Mapping[str, Form]
) -> dict[Any, Form]:
    made = {}
    choices = [value for value, _ in (column.flatchoices if column is not None else ())]
    for value in reached:
        if choices and value not in choices:
            raise DeclarationError(
                f"track({model.__name__}): reached names {value!r}, which {column.name} never is; "
                f"allowed: {', '.join(map(repr, choices))}"
            )
        made[column.get_prep_value(value)] = forms[f"reached[{value!r}]"]
    return made


def _add(life: Life) -> None:
    """Add a life; one that says the same events of the same model takes the former's place."""
    for model, others in lives.items():
        if not (issubclass(model, life.model) or issubclass(life.model, model)):
            continue
        for other in others:
            again = _events(life) & _events(other)
            if again and not (model is life.model and _events(life) == _events(other)):
                event = min(again, key=lambda one: one.__name__).__name__
                raise DeclarationError(
                    f"track({life.model.__name__}): {event} is said of {model.__name__} already, "
                    "so it would be said twice; allowed: one call for each event of a model"
                )
    told = [other for other in lives.get(life.model, []) if _events(other) != _events(life)]
    lives[life.model] = [*told, life]
    tracking.observe(life.model)
    rows.observe()


def _events(life: Life) -> set[Any]:
    forms = (life.created, life.changed, *life.reached.values())
    return {form.event for form in forms if form is not None}
