"""Each integration gives back what it found: the very functions that were there before."""

import json

import pytest

from labotel.integrations.known import KNOWN
from running import clean_environment, python

START = """
import json, sys
sys.path.insert(0, {tests!r})
import labotel
from django.conf import settings
apps = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
settings.configure(SECRET_KEY="x", INSTALLED_APPS=apps)
import django
django.setup()
from labotel.configure import present

def connect():
    labotel.configure(instrument=[{name!r}], metrics_exporter="none", traces_exporter="none",
                      logs_exporter="none", strict=True, runtime_dir={folder!r})
"""
AWAITED = """
connect()
print(json.dumps([module for module, _ in present()._integrations._awaited]))
"""
TWICE = """
from importlib import import_module
for module in {awaited!r}:
    try:
        import_module(module)
    except ImportError:  # of something that is not installed here
        pass
from footprint import footprint
def settled():
    '''Import what a connection imports, so that it changes nothing that is looked at.'''
    connect()
    labotel.shutdown()
settled()
modules, looks = list(sys.modules), []
for _ in range(2):
    looks.append(footprint(modules))
    connect()
    looks.append(footprint(modules))
    labotel.shutdown()
looks.append(footprint(modules))
def changes(a, b):
    return sorted(key for key in a.keys() | b.keys() if a.get(key) != b.get(key))
print(json.dumps([changes(looks[0], look) for look in looks]))
"""


@pytest.mark.parametrize("name", list(KNOWN))
def test_connected_disconnected_and_connected_again(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Something is joined each time, the same both times, and after each end nothing is."""
    if KNOWN[name].missing:
        pytest.skip(f"not installed: {KNOWN[name].install}")
    folder = str(tmp_path_factory.mktemp("runtime"))
    start = START.format(tests=__file__.rpartition("/")[0], name=name, folder=folder)
    awaited = json.loads(python(start + AWAITED, clean_environment()))
    made = python(start + TWICE.format(awaited=awaited), clean_environment())
    before, first, between, second, after = json.loads(made)
    assert before == []
    assert first != []
    assert between == []
    assert second == first
    assert after == []
