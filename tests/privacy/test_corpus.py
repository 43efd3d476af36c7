"""The corpus against the patterns: what is known goes whole, what is harmless stays whole."""

from itertools import pairwise

import pytest

from labotel.policy.scrubbing import scrub
from privacy.corpus import CANARIES, HARMLESS, KNOWN, MARKER, UNKNOWN, Canary

AROUND = ["{}", "before {} after", "({})", "said: {}", "first line\n{}\nlast line", "<{}>"]
ECHO = 4
"""So many characters of a secret in a row are an echo of it."""


def echoes(secret: str, text: str) -> list[str]:
    """Return the parts of a secret that stand in a text."""
    parts = {secret[i : i + ECHO] for i in range(max(1, len(secret) - ECHO + 1))}
    return sorted(part for part in parts if part in text)


@pytest.mark.parametrize("canary", KNOWN, ids=[c.text[:40] for c in KNOWN])
def test_nothing_of_a_known_canary_stays(canary: Canary) -> None:
    """No four characters of its secret in a row, wherever it stands."""
    for around in AROUND:
        text = scrub(around.format(canary.text))
        rest = around.format(canary.text).replace(canary.secret, "")
        assert canary.secret not in text
        assert [
            echo for echo in echoes(canary.secret, MARKER.sub("", text)) if echo not in rest
        ] == [], text


@pytest.mark.parametrize("canary", KNOWN, ids=[c.text[:40] for c in KNOWN])
def test_what_was_scrubbed_stays_as_it_is(canary: Canary) -> None:
    """A marker is no value: a text that passes twice is the same as one that passed once."""
    for around in AROUND:
        text = scrub(around.format(canary.text))
        assert scrub(text) == text


@pytest.mark.parametrize("line", HARMLESS, ids=[line[:40] for line in HARMLESS])
def test_a_harmless_line_stays(line: str) -> None:
    """What a laboratory, Django, Celery and servers say about no person."""
    assert scrub(line) == line


@pytest.mark.parametrize("canary", UNKNOWN, ids=[c.kind for c in UNKNOWN])
def test_what_no_pattern_knows_leaves(canary: Canary) -> None:
    """docs/privacy.md says so: were it otherwise, the page would be wrong."""
    assert canary.secret in scrub(f"said: {canary.text}")


def test_all_canaries_in_one_text_go_as_each_alone() -> None:
    """One value beside another hides neither."""
    for first, second in pairwise(KNOWN):
        if "\n" not in first.text:
            text = scrub(f"{first.text}\n{second.text}")
            assert first.secret not in text and second.secret not in text


def test_the_corpus_is_wide_and_no_secret_is_found_by_chance() -> None:
    """Sixty harmless lines at least; no canary's secret stands in another's or in a line."""
    assert len(HARMLESS) >= 60
    secrets = [canary.secret for canary in CANARIES]
    assert len(set(secrets)) == len(secrets)
    assert not [s for s in secrets for line in HARMLESS if s in line and s not in
                {c.secret for c in UNKNOWN}]  # fmt: skip
