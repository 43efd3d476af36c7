"""Servers from Debian's packages: PostgreSQL, Redis, RabbitMQ, nginx, and a pooler."""

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from string import Template

from running import free_port

from .backends import COMPOSE
from .servers import Server

PACKAGES = {
    "redis-server": "redis-server", "initdb": "postgresql", "nginx": "nginx",
    "pgbouncer": "pgbouncer", "openssl": "openssl",
    "chromium": "chromium", "chromedriver": "chromium-driver",
    "rabbitmq-server": "rabbitmq-server",
}  # fmt: skip
"""Programs, and the packages that bring them."""

_FOLDERS = [*os.get_exec_path(), "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
_POSTGRES = "postgres"


class MissingProgram(Exception):
    """A program of a Debian package that is not installed; the message says how to get it."""


def program(name: str) -> str:
    """Return where a program is."""
    found = shutil.which(name, path=os.pathsep.join(_FOLDERS))
    if found is None:
        packages = " ".join(PACKAGES.values())
        raise MissingProgram(f"{name} is missing: `apt-get install {packages}` brings it")
    return found


def redis(folder: Path) -> Server:
    """Redis on a free port; it keeps nothing on disk."""
    port = free_port()
    command = [
        program("redis-server"), "--port", str(port), "--bind", "127.0.0.1",
        "--save", "", "--appendonly", "no",
    ]  # fmt: skip
    return Server("redis", command, folder, [port], lambda: open_at(port))


def postgresql(folder: Path, home: Path) -> Server:
    """PostgreSQL on a free port, with the empty database `postgres` of the user `lab`.

    It refuses to run as root, so it runs as the user that its package made, and `home`, which that
    user must reach, becomes that user's.
    """
    port = free_port()
    as_other: list[str] = []
    if os.getuid() == 0:
        user = pwd.getpwnam(_POSTGRES)
        os.chown(home, user.pw_uid, user.pw_gid)
        as_other = [
            program("setpriv"), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}",
            # The kernel unties a process that becomes another user from its parent's end.
            "--clear-groups", "--pdeathsig=TERM",
        ]  # fmt: skip
    made = [program("initdb"), "-D", f"{home}/data", "-U", "lab", "--auth=trust", "--no-sync"]
    subprocess.run([*as_other, *made], check=True, capture_output=True, cwd=home)
    command = [
        *as_other, program("postgres"), "-D", f"{home}/data", "-p", str(port), "-k", str(home),
        "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
    ]  # fmt: skip
    # It listens before it lets anybody in.
    asked = [program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"]
    return Server(
        "postgresql", command, folder, [port],
        lambda: subprocess.run(asked, check=False).returncode == 0,
    )  # fmt: skip


def pgbouncer(folder: Path, behind: int) -> Server:
    """PgBouncer on a free port before a PostgreSQL: a session is lent for one transaction."""
    port = free_port()
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={behind} user=lab\n"
        f"[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port={port}\nunix_socket_dir=\n"
        "auth_type=any\npool_mode=transaction\n"
    )
    other = ["-u", _POSTGRES] if os.getuid() == 0 else []  # it refuses to run as root, too
    command = [program("pgbouncer"), *other, f"{folder}/pgbouncer.ini"]
    return Server("pgbouncer", command, folder, [port], lambda: open_at(port))


def epmd(folder: Path) -> Server:
    """Where Erlang's nodes find each other: one of our own, else RabbitMQ leaves one behind."""
    port = free_port()
    command = [program("epmd"), "-port", str(port), "-address", "127.0.0.1"]
    return Server("epmd", command, folder, [port], lambda: open_at(port))


def rabbitmq(folder: Path, names: Server) -> Server:
    """RabbitMQ on a free port of loopback, its node in `names`; its home is its folder."""
    port, between = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugins").write_text("[].")
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"labotel{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(between),
        "RABBITMQ_MNESIA_BASE": f"{folder}/data",
        "RABBITMQ_LOG_BASE": f"{folder}/log",
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_CONFIG_FILE": f"{folder}/none",
        "RABBITMQ_CONF_ENV_FILE": f"{folder}/none.env",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
        "ERL_EPMD_PORT": str(names.ports[0]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    # What Debian has on the path would become another user, with another environment.
    command = ["/usr/lib/rabbitmq/bin/rabbitmq-server"]
    ready = f"started TCP listener on 127.0.0.1:{port}"
    server = Server("rabbitmq", command, folder, [port], lambda: False, environment)
    server.ready = lambda: ready in server.log.read_text(errors="replace") and open_at(port)
    return server


def nginx(folder: Path, behind: int | None = None) -> Server:
    """nginx from the shipped sample, in front of a port on which somebody will listen.

    Its ports: where people come in, what it is in front of, and its status.
    """
    port, status, behind = free_port(), free_port(), behind or free_port()
    for part in ("conf.d", "logs"):
        (folder / part).mkdir(parents=True)
    (folder / "passwords").write_text("admin:{PLAIN}open\n")
    filled = Template((COMPOSE / "nginx/templates/default.conf.template").read_text())
    values = {
        "LISTEN": f"127.0.0.1:{port}",
        "STATUS_LISTEN": f"127.0.0.1:{status}",
        "STATUS_NETWORK": "127.0.0.1",
        **dict.fromkeys(
            ("APP_ADDRESS", "GRAFANA_ADDRESS", "PROMETHEUS_ADDRESS"), f"127.0.0.1:{behind}"
        ),
        "ADMIN_NETWORK": "127.0.0.1",
        "ADMIN_PASSWORDS": f"{folder}/passwords",
        "LOG_FOLDER": f"{folder}/logs",
        "CONF_FOLDER": f"{COMPOSE}/nginx",
    }
    # As nginx's image does it: only its variables, and not those of nginx itself ($host).
    (folder / "conf.d/default.conf").write_text(filled.safe_substitute(values))
    shutil.copy(COMPOSE / "nginx/nginx.conf", folder)
    ports = [port, behind, status]
    return Server("nginx", nginx_of(folder), folder, ports, lambda: open_at(port))


def nginx_of(folder: Path) -> list[str]:
    """The command of an nginx by the `nginx.conf` of a folder."""
    # Its workers write there, too: the folder is ours alone.
    user = pwd.getpwuid(os.getuid()).pw_name
    told = ["-e", "error.log", "-g", f"daemon off; user {user};"]
    return [program("nginx"), "-p", str(folder), "-c", "nginx.conf", *told]


def open_at(port: int) -> bool:
    """Tell whether somebody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False
