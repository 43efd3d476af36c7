"""The catalogue's words as the choices of a model or a form."""

from enum import StrEnum


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the words, each with how a person reads it."""
    return [(word.value, word.value.replace("_", " ")) for word in words]
