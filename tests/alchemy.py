"""Processes with SQLAlchemy, for tests: what they begin with, and the spans of their statements.

The folder SQLALCHEMY_FOLDER, where it is given, has another version of SQLAlchemy than this
environment (`pip install --target`).
"""

import os
import textwrap
from collections.abc import Callable

from labotel.viewer.model import Span
from labotel.viewer.receiver import Receiver
from running import run

ALCHEMY = """
import asyncio, json, os, time
from sqlalchemy import Column, Integer, String, create_engine, text
from sqlalchemy.orm import Session, declarative_base
from sqlalchemy.pool import NullPool, QueuePool
from opentelemetry import trace
from urllib.parse import urlencode
from urllib.request import urlopen

tracer = trace.get_tracer("app")
database = os.environ["PROJECT_DATABASE"]
url = f"sqlite:///{database}"
Base = declarative_base()

class Owner(Base):
    __tablename__ = "owners"
    id = Column(Integer, primary_key=True)
    name = Column(String, unique=True)

def total(metric, **labels):
    '''Return what the receiver has once everything is sent, the gauges read anew.'''
    assert labotel.flush(10)
    query = urlencode({"metric": metric, **labels})
    endpoint = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
    return json.load(urlopen(f"{endpoint}/totals?{query}", timeout=10))

"""
Run = Callable[..., str]


def run_alchemy(script: str, environment: dict[str, str], database: str) -> str:
    """Run a body in a process where labotel is configured, with what SQLAlchemy offers."""
    folders = filter(None, [os.environ.get("SQLALCHEMY_FOLDER"), environment["PYTHONPATH"]])
    more = {
        "PYTHONPATH": ":".join(folders),
        "PROJECT_DATABASE": database,
        "OTEL_METRIC_EXPORT_INTERVAL": "60000",
    }
    return run(ALCHEMY + textwrap.dedent(script) + "\nlabotel.shutdown()", environment | more)


def queries(receiver: Receiver, *names: str) -> list[Span]:
    """Return the spans of statements, or of those that are called so."""
    clients = [s for s in receiver.spans if s.kind == "CLIENT"]
    return [s for s in clients if not names or s.name in names]
