"""uvicorn's servers: what waits is sent when one has answered its last request."""

import uvicorn.server
from uvicorn import Config, Server

from labotel.instrumentation.uvicorn import server_ends


async def application(scope: object, receive: object, send: object) -> None:
    """Answer nothing: nobody asks."""


def serve() -> None:
    """Start a server, and end it at once."""
    server = Server(Config(application, port=0, lifespan="off", log_config=None))
    server.should_exit = True
    server.run()
    assert server.started


def test_each_end_of_a_server_flushes_once() -> None:
    """However often it was connected; disconnected, the server has its own method again."""
    original = Server.shutdown
    flushed: list[int] = []
    observer = server_ends(lambda: flushed.append(1))
    observer.connect(uvicorn.server)
    observer.connect(uvicorn.server)
    serve()
    assert len(flushed) == 1
    observer.disconnect()
    observer.disconnect()
    assert Server.shutdown is original
    serve()
    assert len(flushed) == 1


def test_a_flush_that_fails_is_no_fault_of_the_server() -> None:
    """It ends as ever."""

    def fail() -> None:
        raise RuntimeError

    observer = server_ends(fail)
    observer.connect(uvicorn.server)
    try:
        serve()
    finally:
        observer.disconnect()
