"""Management commands: a span and an event each, and nothing of their arguments."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver
from running import command

RUN = """
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
"""
COMMANDS = {
    "fine": "self.stdout.write('done')",
    "outer": "call_command('fine', verbosity=0)",
    "refuses": "raise CommandError('there is no someone@example.org')",
    "breaks": "raise KeyError('what broke')",
    "leaves": "raise SystemExit(3)",
    "leaves_well": "raise SystemExit(0)",
    "stopped": "raise KeyboardInterrupt",
    "serves": "call_command('fine')",
}


@pytest.fixture
def shop(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment with an application that has these commands."""
    folder = tmp_path / "shop" / "management" / "commands"
    folder.mkdir(parents=True)
    for package in (folder.parents[1], folder.parent, folder):
        (package / "__init__.py").touch()
    for name, body in COMMANDS.items():
        (folder / f"{name}.py").write_text(
            textwrap.dedent(f"""
            from django.core.management import CommandError, call_command
            from django.core.management.base import BaseCommand
            class Command(BaseCommand):
                def add_arguments(self, parser): parser.add_argument("word", nargs="?")
                def handle(self, *args, **options): {body}
        """)
        )
    (tmp_path / "shop_settings.py").write_text(
        "from project.settings import *\nINSTALLED_APPS = ['shop']\n"
    )
    return environment | {
        "PYTHONPATH": f"{environment['PYTHONPATH']}:{tmp_path}",
        "DJANGO_SETTINGS_MODULE": "shop_settings",
    }


def counted(receiver: Receiver) -> dict[tuple[str, str], float | None]:
    """What stands at the receiver, by command and outcome."""
    assert receiver.store.total("labotel_faults_total") == 0
    return {
        (str(p.attributes["command"]), str(p.attributes["outcome"])): p.value
        for p in receiver.points
        if p.name == "django_commands_total"
    }


@pytest.fixture
def run_shop(run_django: Callable[..., str], shop: dict[str, str]) -> Callable[[str], str]:
    """Run a body where those commands can be called."""
    return lambda body: run_django(RUN + textwrap.dedent(body) + "\nlabotel.shutdown()", **shop)


def test_manage_py_is_one_span_and_one_command(receiver: Receiver, shop: dict[str, str]) -> None:
    """Run as people run it; its process says it at its end, and no argument of it."""
    assert command("-m", "django", "fine", "secretword", env=shop) == "done\n"
    assert counted(receiver) == {("fine", "success"): 1}
    (span,) = receiver.spans
    assert (span.name, span.kind) == ("manage.py fine", "INTERNAL")
    assert span.attributes == {"django.command": "fine", "django.command.outcome": "success"}
    assert receiver.store.total("django_command_duration_seconds", command="fine") == 1


def test_how_a_command_ends_is_told_and_goes_on(
    receiver: Receiver, run_shop: Callable[[str], str]
) -> None:
    """Each exception reaches the caller as it was; what a CommandError quotes stays there."""
    out = run_shop("""
import gc, weakref
from shop.management.commands.fine import Command
gc.disable()
def call(name):
    held = Command()
    try:
        call_command(name)
    except BaseException as error:
        print(name, type(error).__name__, error.args)
    return weakref.ref(held)
for name in ("refuses", "breaks", "leaves", "leaves_well", "stopped"):
    assert call(name)() is None  # no frame is kept alive by its exception
""")
    assert out.splitlines() == [
        "refuses CommandError ('there is no someone@example.org',)",
        "breaks KeyError ('what broke',)",
        "leaves SystemExit (3,)",
        "leaves_well SystemExit (0,)",
        "stopped KeyboardInterrupt ()",
    ]
    assert counted(receiver) == {
        ("refuses", "error"): 1,
        ("breaks", "failure"): 1,
        ("leaves", "exit"): 1,
        ("leaves_well", "success"): 1,
        ("stopped", "interrupted"): 1,
    }
    spans = {span.name.removeprefix("manage.py "): span for span in receiver.spans}
    failed = {name: span.attributes.get("error.type") for name, span in spans.items()}
    assert failed == {
        "refuses": "CommandError", "breaks": "KeyError", "leaves": "SystemExit",
        "leaves_well": None, "stopped": "KeyboardInterrupt",
    }  # fmt: skip
    assert "there is no" not in repr(receiver.spans) + repr(receiver.logs)
    (event,) = spans["breaks"].events
    assert "what broke" in str(event.attributes["exception.message"])
    said = {str(r.body): r for r in receiver.logs if r.event_name == "django.command.failed"}
    assert sorted(said) == [
        "manage.py breaks: failure",
        "manage.py leaves: exit",
        "manage.py refuses: error",
        "manage.py stopped: interrupted",
    ]
    record = said["manage.py refuses: error"]
    assert (record.severity_text, record.attributes["error"]) == ("ERROR", "CommandError")
    assert record.trace_id == spans["refuses"].trace_id


def test_a_command_that_another_calls_is_its_child(
    receiver: Receiver, run_shop: Callable[[str], str]
) -> None:
    """And counts once, as its caller does; given as an object, too."""
    run_shop("""
from shop.management.commands.fine import Command
call_command("outer")
call_command(Command())
""")
    assert counted(receiver) == {("outer", "success"): 1, ("fine", "success"): 2}
    (outer,) = [s for s in receiver.spans if s.name == "manage.py outer"]
    parents = [s.parent_span_id for s in receiver.spans if s.name == "manage.py fine"]
    assert sorted(parents) == ["", outer.span_id]


def test_a_command_that_serves_holds_no_span(
    receiver: Receiver, run_django: Callable[..., str], shop: dict[str, str]
) -> None:
    """What it calls begins a trace; Django's own are known, the application names its own."""
    body = """
call_command("serves")
call_command("shell", command="pass")
labotel.shutdown()
"""
    run_django(RUN + body, **shop, LABOTEL_SERVING_COMMANDS="serves,consume")
    assert counted(receiver) == {("fine", "success"): 1}
    (span,) = receiver.spans
    assert (span.name, span.parent_span_id) == ("manage.py fine", "")


def test_a_command_in_a_request_is_for_its_actor(
    receiver: Receiver, run_shop: Callable[[str], str]
) -> None:
    """The pseudonym stands on its span, as on a task's; of itself a command is for nobody."""
    who = run_shop("""
from labotel.configure import present
from labotel.signals.carried import actor
who = present().pipeline.pseudonyms().of(17)
call_command("fine", verbosity=0)
actor.set(lambda: who)
call_command("fine", verbosity=0)
print("who", who)
""")
    found = [span.attributes.get("enduser.pseudo.id") for span in receiver.spans]
    assert found == [None, who.split()[-1]]


def test_disconnecting_gives_the_method_back(
    receiver: Receiver, run_shop: Callable[[str], str]
) -> None:
    """The same one that stood there; a wrapping that somebody else put on top stays, and works."""
    run_shop("""
wrapped, own = BaseCommand.execute, BaseCommand.execute.__wrapped__
labotel.shutdown()
assert BaseCommand.execute is own
labotel.configure(catalogs=[catalog])
ours = BaseCommand.execute
assert ours is not own and ours.__wrapped__ is own
def theirs(self, *args, **options): return ours(self, *args, **options)
BaseCommand.execute = theirs
labotel.shutdown()
assert BaseCommand.execute is theirs
call_command("outer")
labotel.configure(catalogs=[catalog])
call_command("fine")
labotel.shutdown()
call_command("outer")
assert BaseCommand.execute is theirs
""")
    assert counted(receiver) == {("fine", "success"): 1}


def test_a_forked_child_counts_its_own(receiver: Receiver, run_shop: Callable[[str], str]) -> None:
    """As where a command runs in a pool's worker, in the midst of its parent's command."""
    run_shop("""
import sys
call_command("fine")
if os.fork() == 0:
    call_command("fine")
    sys.exit(0)
assert os.wait()[1] == 0
""")
    assert receiver.store.total("django_commands_total", command="fine") == 2
