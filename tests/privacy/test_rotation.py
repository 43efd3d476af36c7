"""One person is one pseudonym in every signal, process and host of one key; keys rotate."""

import re
import subprocess
import sys
from pathlib import Path

from labotel.policy.pseudonyms import FORMER, Pseudonyms
from labotel.viewer.receiver import Receiver
from running import clean_environment, python

SCRIPT = """
import os
import labotel
from labotel import Catalog, Event, Personal, timed

class Seen(Event, name="rotation.seen"):
    person: Personal[str]
    other: Personal[int | None] = None

labotel.configure(catalogs=[Catalog("rotation", events=[Seen])], instrument=[])
from opentelemetry import trace
def see():
    with trace.get_tracer("x").start_as_current_span("seeing"):
        labotel.emit(Seen(person="Anna"))
see()
child = os.fork()
if not child:
    see()
    labotel.shutdown()
    os._exit(0)
os.waitpid(child, 0)
labotel.shutdown()
"""


def of(person: str, key: str) -> str:
    """The pseudonym of a person under a key."""
    made = Pseudonyms(key.encode()).of(person)
    assert made is not None
    return made


def told(receiver: Receiver) -> list[dict[str, object]]:
    """What all records and span events said of the person."""
    records = [r.attributes for r in receiver.logs if r.event_name == "rotation.seen"]
    events = [e.attributes for s in receiver.spans for e in s.events if e.name == "rotation.seen"]
    return [
        {key: value for key, value in said.items() if key.startswith(("person", "other"))}
        for said in (*records, *events)
    ]


def test_one_key_is_one_pseudonym_everywhere(
    receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """In logs and spans, in a parent and its child, on two hosts; another key, another."""
    for host, key in (("one", "a"), ("two", "a"), ("three", "b")):
        here = {"LABOTEL_RUNTIME_DIR": str(tmp_path / host), "LABOTEL_PSEUDONYM_KEY": key}
        python(SCRIPT, environment | here)
    assert told(receiver).count({"person": of("Anna", "a")}) == 2 * 2 * 2
    assert told(receiver).count({"person": of("Anna", "b")}) == 2 * 2
    assert len(told(receiver)) == 12


def test_while_keys_rotate_both_pseudonyms_are_said(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Before, during and after: whoever knows either name of a person finds the other beside it."""
    python(SCRIPT, environment | {"LABOTEL_PSEUDONYM_KEY": "a"})
    new = environment | {"LABOTEL_PSEUDONYM_KEY": "b"}
    python(SCRIPT, new | {"LABOTEL_PSEUDONYM_KEY_FORMER": "a"})
    python(SCRIPT, new)
    former, present = of("Anna", "a"), of("Anna", "b")
    assert told(receiver).count({"person": former}) == 4
    assert told(receiver).count({"person": present, "person.former": former}) == 4
    assert told(receiver).count({"person": present}) == 4
    assert FORMER == ".former"


def test_who_finds_a_person_under_either_key(tmp_path: Path) -> None:
    """While both are given; without the former key the old pseudonym is nobody's."""
    wanted = [of("Anna", "a"), of("Bea", "b")]
    keys = {"LABOTEL_PSEUDONYM_KEY": "b", "LABOTEL_PSEUDONYM_KEY_FORMER": "a"}
    env = clean_environment() | {"LABOTEL_RUNTIME_DIR": str(tmp_path), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "labotel.cli.main", "who", *wanted]
    both = subprocess.run(command, env=env | keys, input="Anna\nBea\n", text=True,
                          capture_output=True, timeout=60, check=False)  # fmt: skip
    assert (both.returncode, both.stdout) == (0, f"{wanted[0]}  Anna\n{wanted[1]}  Bea\n")
    del keys["LABOTEL_PSEUDONYM_KEY_FORMER"]
    one = subprocess.run(command, env=env | keys, input="Anna\nBea\n", text=True,
                         capture_output=True, timeout=60, check=False)  # fmt: skip
    assert (one.returncode, one.stdout) == (1, f"{wanted[1]}  Bea\n")
    assert re.search(rf"{wanted[0]} is none of the 2 candidates", one.stderr)
