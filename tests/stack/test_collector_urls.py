"""What is asked from outside: the answer, its time, the certificate; and nothing private."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import free_port

from .collector_fixtures import Start, collector, sink
from .collector_sink import Sink, eventually
from .outside import DAYS, authority, came, outside
from .servers import Server

__all__ = ["collector", "sink"]

CANARY = "canary"
STATUS, DURATION, LEFT = (
    "httpcheck.status_code", "httpcheck.duration", "httpcheck.tls.cert_remaining",
)  # fmt: skip
DAY = 86_400


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Server]:
    """A web server with a certificate of its own."""
    made = outside(tmp_path / "outside")
    made.start()
    yield made
    made.stop()


def rounds(sink: Sink, name: str) -> list[dict[str, int]]:
    """What each round measured of a metric, by URL; a URL has one point and no other label."""
    found = []
    for request in sink.requests("/api/v1/otlp/v1/metrics"):
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    if metric.name == name:
                        points = getattr(metric, metric.WhichOneof("data")).data_points
                        urls = [one.attributes[0].value.string_value for one in points]
                        assert {len(one.attributes) for one in points} == {1}
                        assert len(urls) == len(set(urls))
                        found.append(dict(zip(urls, (one.as_int for one in points), strict=True)))
    return found


def test_each_url_has_its_answer(collector: Start, sink: Sink, site: Server) -> None:
    """2xx, what a redirect leads to, 5xx, nobody there; of TLS, how long the certificate holds."""
    plain, secure = f"http://127.0.0.1:{site.ports[0]}", f"https://127.0.0.1:{site.ports[1]}"
    nobody = f"http://127.0.0.1:{free_port()}/"
    asked = [f"{plain}/?q={CANARY}", f"{plain}/else", f"{plain}/gone", f"{secure}/", nobody]
    running = collector(
        CHECK_URLS=", ".join(asked), CHECK_CA=authority(site), CHECK_INTERVAL="500ms",
        COLLECTOR_INSTANCE="10:web",
    )  # fmt: skip
    eventually(lambda: len(rounds(sink, STATUS)) >= 2 and rounds(sink, LEFT))
    running.stop()
    answers = {
        f"{plain}/": 200, f"{plain}/else": 200, f"{plain}/gone": 503, f"{secure}/": 200, nobody: 0,
    }  # fmt: skip
    assert all(one == answers for one in rounds(sink, STATUS))
    for one in rounds(sink, DURATION):
        assert one.keys() == answers.keys() and all(0 <= took < 10_000 for took in one.values())
    for one in rounds(sink, LEFT):
        assert list(one) == [f"{secure}/"]
        assert DAYS * DAY - 300 < one[f"{secure}/"] <= DAYS * DAY
    who = {(one["service.name"], one["service.instance.id"]) for one in sink.points(STATUS)}
    assert who == {("check", "10:web")}
    # It was asked with what stands behind the `?`, and nobody else is told; nor who has the
    # certificate, nor in which words nobody answered.
    assert f"/?q={CANARY}" in {path for _, path in came(site)}
    assert CANARY.encode() not in sink.raw() and CANARY not in running.log.read_text()
    assert b"connection refused" not in sink.raw() and not sink.points("httpcheck.error")


def test_a_series_stays_the_same_when_the_answer_changes(
    collector: Start, sink: Sink, tmp_path: Path
) -> None:
    """From 200 to no answer, and back: a code that were a label would leave the last one behind."""
    site = outside(tmp_path / "outside")
    site.start()
    url = f"http://127.0.0.1:{site.ports[0]}/"
    collector(CHECK_URLS=url, CHECK_INTERVAL="200ms")
    eventually(lambda: {url: 200} in rounds(sink, STATUS))
    site.stop()
    eventually(lambda: rounds(sink, STATUS)[-1] == {url: 0})
    site.start()
    eventually(lambda: rounds(sink, STATUS)[-1] == {url: 200})
    site.stop()
    who = {"service.name": "check", "service.instance.id": "collector"}
    assert all(one == who | {"http.url": url} for one in sink.points(STATUS))


def test_a_certificate_that_nobody_signed_is_no_answer(
    collector: Start, sink: Sink, site: Server
) -> None:
    """Without its authority: somebody who comes from outside is not let in, either."""
    url = f"https://127.0.0.1:{site.ports[1]}/"
    collector(CHECK_URLS=url, CHECK_INTERVAL="500ms")
    eventually(lambda: rounds(sink, STATUS))
    assert rounds(sink, STATUS)[0] == {url: 0}
    assert not rounds(sink, LEFT)


def test_an_authority_stands_beside_those_of_the_machine(
    collector: Start, sink: Sink, site: Server, tmp_path: Path
) -> None:
    """One certificate is signed by whom the machine trusts, one by whom only CHECK_CA names."""
    public = outside(tmp_path / "public")
    public.start()
    urls = [f"https://127.0.0.1:{one.ports[1]}/" for one in (public, site)]
    trust = {"SSL_CERT_FILE": authority(public), "CHECK_CA": authority(site)}
    collector(CHECK_URLS=" ".join(urls), CHECK_INTERVAL="500ms", **trust)
    eventually(lambda: rounds(sink, STATUS))
    public.stop()
    assert rounds(sink, STATUS)[0] == dict.fromkeys(urls, 200)


def test_each_check_is_a_first_visit(collector: Start, sink: Sink, site: Server) -> None:
    """A connection for each: one that is kept would show the certificate of its beginning."""
    url = f"https://127.0.0.1:{site.ports[1]}/"
    collector(CHECK_URLS=url, CHECK_CA=authority(site), CHECK_INTERVAL="200ms")
    eventually(lambda: len(came(site)) >= 4)
    connections = [connection for connection, _ in came(site)]
    assert len(connections) == len(set(connections))


def test_a_page_that_never_comes_is_waited_for_no_longer_than_10_s(
    collector: Start, sink: Sink
) -> None:
    """Somebody takes the connection and says nothing: no answer, and its time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        collector(CHECK_URLS=url, CHECK_INTERVAL="1s")
        eventually(lambda: rounds(sink, STATUS))
    assert rounds(sink, STATUS)[0] == {url: 0}
    assert 10_000 <= rounds(sink, DURATION)[0][url] < 15_000
