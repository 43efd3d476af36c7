"""A life of SQLAlchemy's mapped objects."""

import textwrap

from running import clean_environment, python

HEAD = """
from datetime import datetime, timedelta
from typing import Annotated, Literal
import labotel
from labotel import Catalog, Event, Histogram, Personal, Unbounded
from labotel.testing import recording
from sqlalchemy import ForeignKey, create_engine, event, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Created(Event, name="data.created"):
    dataset_id: Unbounded[int]
    title: Unbounded[str]
    created_by: Personal[str]
class Changed(Event, name="data.changed"):
    from_state: Unbounded[str]
    to_state: Unbounded[str]
    dataset_id: Unbounded[int]
    duration: Annotated[timedelta, Histogram("state_seconds", buckets=(1,))]
    changed_by: Personal[str]
class Published(Event, name="data.published"):
    dataset_id: Unbounded[int]

class Base(DeclarativeBase): pass
class Dataset(Base):
    __tablename__ = "dataset"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="new")
    kind: Mapped[str] = mapped_column(default="dataset")
    at: Mapped[datetime] = mapped_column(default=datetime(2026, 1, 1))
    note: Mapped[str] = mapped_column(default="")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "dataset"}
    @property
    def title(self): return f"{self.kind} {self.id}"
class Image(Dataset):
    __tablename__ = "image"
    id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    width: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"polymorphic_identity": "image"}

def track():
    labotel.track(Dataset, created=Created, field="state", changed=Changed, since="at",
                  reached={"public": Published})
track(); track()
engine = create_engine("sqlite://")
@event.listens_for(engine, "connect")
def plain(connection, record): connection.isolation_level = None
@event.listens_for(engine, "begin")
def begin(connection): connection.exec_driver_sql("BEGIN")
Base.metadata.create_all(engine)
def created(): return [e.title for e in telemetry.all(Created)]
def changes(): return [f"{e.from_state}-{e.to_state}" for e in telemetry.all(Changed)]
"""


def run(body: str) -> None:
    """Run a body in a process where `telemetry` records."""
    script = HEAD + "\nwith recording() as telemetry, Session(engine) as session:\n"
    python(script + textwrap.indent(textwrap.dedent(body), "    "), clean_environment())


def test_a_commit_says_it_and_a_rollback_does_not() -> None:
    """Creation, changes, a savepoint, a flush that is taken back, and a session that is closed."""
    run("""
one = Dataset(); session.add(one); session.flush()
assert created() == []
session.commit()
assert created() == ["dataset 1"] and telemetry.one(Created).created_by == "system"
one.state, one.at = "checked", datetime(2026, 1, 2); session.flush()
one.note = "x"; session.commit()
said = telemetry.one(Changed)
assert (said.from_state, said.to_state, said.dataset_id) == ("new", "checked", 1)
assert said.duration == timedelta(days=1) and said.changed_by == "system"
one.state = "public"; session.add(Dataset()); session.flush(); session.rollback()
assert len(changes()) == 1 == len(created()) and telemetry.all(Published) == []
with session.begin_nested():
    one.state = "odd"
    with session.begin_nested():
        one.state = "public"
try:
    with session.begin_nested():
        one.state = "lost"; session.add(Dataset()); session.flush()
        raise ValueError
except ValueError:
    pass
assert changes() == ["new-checked"]
session.commit()
assert changes() == ["new-checked", "checked-odd", "odd-public"], changes()
assert telemetry.one(Published).dataset_id == 1 and created() == ["dataset 1"]
one.state = "gone"; session.flush(); session.close()
with Session(engine) as other:
    assert other.get(Dataset, 1).state == "public"; other.commit()
assert len(changes()) == 3
""")


def test_the_state_before_is_the_databases_and_expressions_are_read() -> None:
    """Another session changed the row; a joined child; an expression; an untouched column."""
    run("""
session.add(Image(width=7)); session.commit()
assert created() == ["image 1"]
image = session.get(Dataset, 1); image.state; session.commit()
with Session(engine) as other:
    other.execute(text("UPDATE dataset SET state = 'moved'")); other.commit()
image.state = "checked"; session.commit()
assert changes() == ["moved-checked"]
image.width = 8; session.commit()
image.note = "done"; session.commit()
image.state = Dataset.note; session.commit()
assert changes()[1:] == ["checked-done"]
session.execute(update(Dataset).values(state="bulk")); session.commit()
assert len(changes()) == 2      # not seen, as the page says
session.delete(image); session.commit()
""")


def test_what_does_not_fit_is_refused_at_once() -> None:
    """By the same words as a Django model."""
    run("""
for words, given in (
    ("field='stat' is no column of Dataset's (did you mean 'state'?); allowed: id, state",
     {"field": "stat", "changed": Changed}),
    ("since='note'; allowed: with field=, a DateTime column",
     {"field": "state", "changed": Published, "since": "note"}),
    ("nothing fills Changed.duration; since= names", {"field": "state", "changed": Changed}),
    ("Created is said of Dataset already", {"created": Created}),
    ("nothing to say", {}),
):
    try:
        labotel.track(Dataset, **given)
    except labotel.DeclarationError as error:
        assert words in str(error), error
    else:
        raise AssertionError(words)
""")
