"""TLS with a certificate authority of one's own, as the setting `certificate` names it."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from labotel.export.settings import resolve
from labotel.export.transport import Answer, Transport
from labotel.viewer.receiver import Receiver

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not at hand")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for 127.0.0.1 (its own authority) and its key."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=labotel tests",
            "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"),
        ],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    return folder


@pytest.fixture
def secured(made: Path, request: pytest.FixtureRequest) -> Iterator[Receiver]:
    """A receiver behind TLS; with a parameter it asks for the client's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made / "cert.pem", made / "key.pem")
    if getattr(request, "param", False):
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(made / "cert.pem")
    with Receiver() as receiver:
        server = receiver._server
        assert server is not None
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        yield receiver


def send(receiver: Receiver, **keywords: str) -> Answer:
    """Send one span by these settings."""
    endpoint = receiver.endpoint.replace("http://", "https://")
    settings, problems = resolve({"endpoint": endpoint, **keywords}, {}, {})
    assert problems == []
    transport = Transport(settings)
    body = ExportTraceServiceRequest()
    body.resource_spans.add().scope_spans.add().spans.add(name="sealed")
    try:
        return transport.send("traces", body.SerializeToString(), 5)
    finally:
        transport.close()


def test_a_certificate_of_ones_own(secured: Receiver, made: Path) -> None:
    """Named by the setting, it is believed."""
    assert send(secured, certificate=str(made / "cert.pem")) == Answer("taken")
    assert [span.name for span in secured.spans] == ["sealed"]


def test_an_unknown_certificate_is_not_believed(secured: Receiver) -> None:
    """Nothing is sent to whoever answers."""
    answer = send(secured)
    assert (answer.outcome, answer.reason) == ("again", "SSLError")
    assert secured.spans == []


@pytest.mark.parametrize("secured", [True], indirect=True)
def test_a_clients_certificate(secured: Receiver, made: Path) -> None:
    """Where the receiver asks for one, the settings give it."""
    cert, key = str(made / "cert.pem"), str(made / "key.pem")
    assert send(secured, certificate=cert).outcome == "again"
    answer = send(secured, certificate=cert, client_certificate=cert, client_key=key)
    assert answer == Answer("taken")
    assert [span.name for span in secured.spans] == ["sealed"]
