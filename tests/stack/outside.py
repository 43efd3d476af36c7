"""An nginx with a certificate of its own, which tells who came by which connection."""

import subprocess
from pathlib import Path

from running import free_port

from .debian import nginx_of, open_at, program
from .servers import Server

DAYS = 40
"""So long the certificate holds."""
_SITE = """
error_log error.log;
pid nginx.pid;
events {{}}
http {{
    log_format came '$connection $request_uri';
    access_log came.log came;
    server {{
        listen 127.0.0.1:{plain};
        listen 127.0.0.1:{secure} ssl;
        ssl_certificate     certificate.pem;
        ssl_certificate_key key.pem;
        location /     {{ return 200 "here"; }}
        location /gone {{ return 503; }}
        location /else {{ return 302 /; }}
    }}
}}
"""


def outside(folder: Path) -> Server:
    """It, on free ports: the first by HTTP, the second by TLS. `authority` is who to trust."""
    plain, secure = free_port(), free_port()
    folder.mkdir(parents=True)
    (folder / "nginx.conf").write_text(_SITE.format(plain=plain, secure=secure))
    certify(folder, DAYS)
    return Server(
        "outside", nginx_of(folder), folder, [plain, secure],
        lambda: open_at(plain) and open_at(secure),
    )  # fmt: skip


def certify(folder: Path, days: int) -> None:
    """Make a certificate for 127.0.0.1 that names a person as its owner."""
    made = [
        program("openssl"), "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:prime256v1", "-days", str(days), "-subj", "/CN=canary person",
        "-addext", "subjectAltName=IP:127.0.0.1,email:canary@clinic.example.org",
        "-keyout", "key.pem", "-out", "certificate.pem",
    ]  # fmt: skip
    subprocess.run(made, cwd=folder, check=True, capture_output=True)


def authority(server: Server) -> str:
    """The file of the certificate, which nobody else signed."""
    return str(server.folder / "certificate.pem")


def came(server: Server) -> list[tuple[str, str]]:
    """Each request that it answered: by which connection, and for what."""
    log = server.folder / "came.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]
