"""A form's field for one of a closed set of words."""

from enum import StrEnum

from django import forms

from lab.choices import choices


def word(words: type[StrEnum], *, required: bool = True) -> forms.TypedChoiceField:
    """Return a field whose cleaned value is a member of the enum, or None where it may be empty."""
    empty = [] if required else [("", "-")]
    return forms.TypedChoiceField(
        choices=[*empty, *choices(words)], coerce=words, required=required, empty_value=None
    )
