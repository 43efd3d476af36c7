"""The Flask application: people log in, make data sets, and put files into them."""

import os
import re
import subprocess
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, g, jsonify, render_template, request, session
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

import labotel
from labotel.instrumentation.flask.pages import blueprint
from research.repository import Repository
from research.storage import Dataset, User, now, sessions
from research.telemetry import ACTIVE_USERS, DatasetCreated, catalog

_NAME = re.compile(r"[a-z][a-z0-9-]{0,49}")
_FILE = re.compile(r"\w[\w.-]{0,99}")
ACTIVE_MINUTES = 15


def create_app() -> Flask:
    """Make the application; where it lives comes from the environment."""
    work = Path(os.environ.get("RESEARCH_WORK", "work")).absolute()
    data = work / "data"
    data.mkdir(parents=True, exist_ok=True)
    observe(work)
    app = Flask(__name__)
    app.secret_key = os.environ.get("RESEARCH_SECRET_KEY", "only-for-development")
    app.config["DATA"] = data
    url = os.environ.get("RESEARCH_DATABASE", f"sqlite:///{work}/research.sqlite3")
    app.extensions["sessions"] = sessions(url)
    labotel.gauge(ACTIVE_USERS)(partial(active_users, app))
    app.register_blueprint(
        blueprint(
            metrics_format="json",
            prometheus="/metrics/prometheus",
            engines={"": app.extensions["sessions"].kw["bind"]},
        )
    )
    routes(app)
    return app


def observe(work: Path) -> None:
    """Begin to observe."""
    logs = work / "logs"
    labotel.configure(
        service_name=os.environ.get("OTEL_SERVICE_NAME", "research"),
        catalogs=[catalog],
        disk_paths=f"data={work / 'data'}",
        health_disks=[str(work / "data")],
        health_database_size="100MB",
        response_headers="x-response-time",
        request_log=True,
        log_files=[
            f"{logs}/research.log size=10MB keep=5",
            f"{logs}/errors.log level=ERROR size=10MB keep=10",
            f"{logs}/performance.log type=performance daily keep=7",
        ],
    )


def routes(app: Flask) -> None:
    """Give the application its addresses."""
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/users/", "register", register, methods=["POST"])
    app.add_url_rule("/login/", "login", login, methods=["POST"])
    app.add_url_rule("/datasets/", "datasets", datasets, methods=["GET", "POST"])
    app.add_url_rule("/datasets/<name>/", "history", history)
    app.add_url_rule(
        "/datasets/<name>/files/<file>", "file", one_file, methods=["GET", "PUT"]
    )  # fmt: skip
    app.register_error_handler(subprocess.SubprocessError, _failed)
    app.teardown_appcontext(_close)


def database() -> Session:
    """Return this request's session."""
    if "database" not in g:
        g.database = current_app.extensions["sessions"]()
    found: Session = g.database
    return found


def _close(error: BaseException | None) -> None:
    made = g.pop("database", None)
    if made is not None:
        made.close()


def user() -> User:
    """Return who asks; 401 for whoever has not logged in."""
    found = database().get(User, session.get("user", 0))
    if found is None:
        abort(401)
    found.seen = now()
    database().commit()
    return found


def active_users(app: Flask) -> int:
    """Count who did something lately."""
    with app.extensions["sessions"]() as asked:
        since = now() - timedelta(minutes=ACTIVE_MINUTES)
        return int(asked.scalar(select(func.count()).where(User.seen >= since)) or 0)


def home() -> str:
    """Show the data sets."""
    return render_template("home.html", datasets=database().scalars(select(Dataset)).all())


def register() -> Any:
    """Make an account: the fields name and password."""
    said = request.form
    made = User(name=said["name"], password=generate_password_hash(said["password"]))
    database().add(made)
    database().commit()
    return jsonify(id=made.id), 201


def login() -> Any:
    """Log in: the fields name and password."""
    found = database().scalar(select(User).where(User.name == request.form["name"]))
    if found is None or not check_password_hash(found.password, request.form["password"]):
        abort(401)
    session["user"] = found.id
    user()
    return jsonify(id=found.id)


def datasets() -> Any:
    """Show all data sets, or make one: the field name."""
    if request.method == "GET":
        return jsonify([one.name for one in database().scalars(select(Dataset))])
    who, name = user(), request.form.get("name", "")
    if not _NAME.fullmatch(name):
        return jsonify(error="a name of small letters, digits and - is needed"), 400
    if database().scalar(select(Dataset).where(Dataset.name == name)) is not None:
        return jsonify(error="there is a data set of this name"), 409
    made = Dataset(name=name, owner_id=who.id)
    database().add(made)
    database().flush()
    _repository(name).create()
    database().commit()
    labotel.emit(DatasetCreated(dataset_id=made.id, created_by=who.name))
    return jsonify(name=name), 201


def history(name: str) -> Any:
    """Show when something was kept in a data set."""
    return jsonify(_known(name).history())


def one_file(name: str, file: str) -> Any:
    """Give a file of a data set, or keep what is sent as its content."""
    if not _FILE.fullmatch(file):
        return jsonify(error="a file's name is letters, digits, dots and dashes"), 400
    if request.method == "PUT":
        user()
        _known(name).save(file, request.get_data())
        return "", 204
    return _known(name).read(file), {"Content-Disposition": "attachment"}


def _known(name: str) -> Repository:
    if database().scalar(select(Dataset).where(Dataset.name == name)) is None:
        abort(404)
    return _repository(name)


def _repository(name: str) -> Repository:
    return Repository(current_app.config["DATA"] / name)


def _failed(error: Exception) -> Any:
    """Answer where a command failed: nothing to keep, or no such file."""
    return jsonify(error="the data set could not do that"), 422
