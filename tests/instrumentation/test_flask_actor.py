"""Who a request to Flask is for, and what a request that is begun badly costs."""

import pytest

from labotel.policy.pseudonyms import Pseudonyms
from labotel.viewer.receiver import Receiver
from running import run

ACTOR = "enduser.pseudo.id"
PERSON = Pseudonyms(b"tests").of(17)
APP = """
import logging
from flask import Flask, g
app = Flask("shop")
client = app.test_client()
log = logging.getLogger("shop")
log.setLevel("INFO")
class User:
    is_authenticated = True
    def __init__(self, id):
        self.id = id
    def get_id(self):
        return str(self.id)
"""


def asked(view: str, env: dict[str, str], receiver: Receiver) -> tuple[object, list[object]]:
    """Return the actor of the request's span, and of the lines that its view says."""
    lines = "\n".join("    " + line for line in view.strip().splitlines())
    body = f"@app.get('/')\ndef index():\n{lines}\n    return 'ok'\n"
    run(APP + body + "assert client.get('/').text == 'ok'\nlabotel.shutdown()", env)
    (span,) = [s for s in receiver.spans if s.kind == "SERVER"]
    said = [r.attributes.get(ACTOR) for r in receiver.logs if r.scope == "shop"]
    return span.attributes.get(ACTOR), said


@pytest.mark.parametrize(
    ("view", "of_span", "of_lines"),
    [
        ("log.info('a')", None, [None]),
        ("log.info('a'); g._login_user = User(17); log.info('b')", PERSON, [None, PERSON]),
        ("g.labotel_actor = 17; log.info('a')", PERSON, [PERSON]),
        ("g._login_user = User(17); log.info('a'); g._login_user = None", None, [PERSON]),
        (("class Nobody(User): is_authenticated = False\n"
         "g._login_user = Nobody(17); log.info('a')"), None, [None]),
        (("class Broken(User):\n    def get_id(self): raise RuntimeError\n"
         "g._login_user = Broken(17); log.info('a')"), None, [None]),
    ],
)  # fmt: skip
def test_the_actor_is_whom_the_application_looked_at(
    receiver: Receiver,
    environment: dict[str, str],
    view: str,
    of_span: str | None,
    of_lines: list[str | None],
) -> None:
    """Flask-Login's user once it is loaded, or what the application sets; else nobody."""
    assert asked(view, environment, receiver) == (of_span, of_lines)


def test_a_row_that_expired_is_not_loaded_for_it(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A user of SQLAlchemy's is known by its identity, and by the same pseudonym."""
    body = """
from sqlalchemy import Integer, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
class Base(DeclarativeBase): pass
class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    is_authenticated = True
    def get_id(self): return str(self.id)
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Person(id=17))
session.commit()
asked = []
event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
@app.get("/")
def index():
    g._login_user = session.get(Person, 17)
    session.commit()
    asked.clear()
    log.info("a")
    return "ok"
client.get("/")
assert asked == [], asked
labotel.shutdown()
"""
    run(APP + body, environment)
    (line,) = [r for r in receiver.logs if r.scope == "shop"]
    assert line.attributes[ACTOR] == PERSON


def test_a_session_that_cannot_be_opened_is_a_500(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Flask fails before it matches a URL: no route is known, and the error stands on the span."""
    body = """
from flask.sessions import SessionInterface
class Broken(SessionInterface):
    def open_session(self, app, request): raise OSError("no store")
app.session_interface = Broken()
app.config["PROPAGATE_EXCEPTIONS"] = True
try:
    client.get("/")
except OSError:
    print("raised")
labotel.shutdown()
"""
    assert run(APP + body, environment).strip() == "raised"
    assert receiver.store.total("http_requests_total", endpoint="unmatched", status="500") == 1
    (span,) = [s for s in receiver.spans if s.kind == "SERVER"]
    assert span.attributes["error.type"] == "OSError"
    assert receiver.store.total("labotel_faults_total") == 0
