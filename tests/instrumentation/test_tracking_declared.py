"""What `track` refuses, at once, with the thing, the value and what is allowed."""

import pytest

from tracked_models import run

WRONG = [
    ("Protocol", "", "nothing to say"),
    ("Protocol", "created=Owner", "created=<class '__main__.Owner'> is no event"),
    ("Protocol", "changed=ProtocolStatusChanged", "field= together with changed="),
    ("Protocol", "created=ProtocolCreated, field='status'", "field= together with changed="),
    ("Protocol", "field='staus', changed=ProtocolStatusChanged, since='since'",
     "field='staus' is no field of Protocol's (did you mean 'status'?); allowed: id, species"),
    ("Protocol", "field='status', changed=ProtocolStatusChanged",
     "nothing fills ProtocolStatusChanged.duration; since= names"),
    ("Protocol", "field='status', changed=ProtocolStatusChanged, since='note'",
     "since='note'; allowed: with field=, one of the DateTimeFields since"),
    ("Protocol", "field='note', changed=ProtocolStatusChanged, since='since'",
     "nothing fills ProtocolStatusChanged.from_status"),
    ("Owner", "created=ProtocolCreated", "nothing fills ProtocolCreated.species"),
    ("Protocol", "created=ProtocolCreated, fill={'specie': 'note'}",
     "fill names 'specie' (did you mean 'species'?); allowed: created_by, owner"),
    ("Protocol", "created=ProtocolCreated, fill={'species': 'nte'}",
     "fill['species']='nte' is nothing of Protocol's (did you mean 'note'?)"),
    ("Protocol", "created=ProtocolCreated, fill={'species': 7}", "fill['species']=7; allowed"),
    ("Protocol", "created=ProtocolCreated, fill=7", "fill=7; allowed: a dictionary"),
    ("Protocol", "field='status', reached=Completed", "a dictionary of the field's values"),
    ("Protocol", "field='status', reached={'over': Completed}",
     "reached names 'over', which status never is; allowed: 'draft', 'submitted'"),
    ("Protocol", "field='status', changed=Completed, reached={'done': Completed}", "said twice"),
    ("7", "created=ProtocolCreated", "track(7): allowed: a Django model"),
    ("Protocol", "field='status', changed=Bad", "Bad.changed_by is label and takes 'a', 'b'"),
    ("Nullable", "field='status', changed=ProtocolStatusChanged, since='at'",
     "since='at' may be null, so ProtocolStatusChanged.duration must take None"),
]  # fmt: skip


def test_each_mistake_is_named_at_once() -> None:
    """DeclarationError where `track` is called; what was right before goes on."""
    run(f"""
from typing import Literal
class Bad(Event, name="case.bad"):
    changed_by: Literal["a", "b"]
class Nullable(models.Model):
    status = models.CharField(max_length=20)
    at = models.DateTimeField(null=True)
    protocol_id = 7
    class Meta: app_label = "clinic"
    @property
    def protocol_id(self): return self.pk
for model, arguments, said in {WRONG!r}:
    try:
        eval(f"labotel.track({{model}}, {{arguments}})")
    except labotel.DeclarationError as error:
        assert said in str(error), (said, str(error))
    else:
        raise AssertionError((model, arguments))
Protocol.objects.create()
assert created() == []
""", "tables()")  # fmt: skip


def test_twice_is_once_and_the_last_one_counts() -> None:
    """The same call again is harmless; the same event in another call would be said twice."""
    run("""
track(); track()
p = Protocol.objects.create(); p.status = "submitted"; p.save()
assert created() == [p.pk] and changes() == ["draft-submitted"]
labotel.track(Protocol, created=ProtocolCreated, field="status", changed=ProtocolStatusChanged,
              since="since", reached={Status.DONE: Completed}, fill={"species": lambda _: "bovine"})
Protocol.objects.create()
assert [e.species for e in telemetry.all(ProtocolCreated)] == ["canine", "bovine"]
class Urgent(Protocol):
    class Meta: app_label = "clinic"
for model in (Protocol, Urgent):
    try:
        labotel.track(model, created=ProtocolCreated)
    except labotel.DeclarationError as error:
        assert "ProtocolCreated is said of Protocol already" in str(error)
    else:
        raise AssertionError(model)
""")


@pytest.mark.parametrize("name", ["django", "opentelemetry", "celery"])
def test_labotel_alone_imports_nothing_for_it(name: str) -> None:
    """`import labotel` has the names, and loads no framework."""
    from running import clean_environment, python

    names = "labotel.track, labotel.tracked"
    python(f"import sys, labotel; {names}; assert {name!r} not in sys.modules", clean_environment())
