"""The database: users and data sets, by SQLAlchemy."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    """What is stored."""


class User(Base):
    """Somebody who works with data."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password: Mapped[str] = mapped_column(String(200))
    seen: Mapped[datetime | None]


class Dataset(Base):
    """A data set: a git repository below the data folder."""

    __tablename__ = "datasets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


def now() -> datetime:
    """Return the time, in UTC, as SQLite keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def sessions(url: str) -> sessionmaker[Session]:
    """Return what makes sessions on a database, whose tables are made where they are missing."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    return sessionmaker(engine)
