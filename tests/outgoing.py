"""A server on loopback that tests of clients ask, inside the process that asks it."""

SERVER = """
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
got = []
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        got.append((self.command, self.path, self.headers.get("traceparent")))
        what, _, value = self.path.lstrip("/").partition("?")[0].partition("/")
        if what == "gone":
            self.close_connection = True
            return
        if what == "hang":
            hanging.wait(20)
        self.send_response(int(value) if what == "status" else 302 if what == "to" else 200)
        if what == "to":
            self.send_header("Location", "/" + value)
        body = b"x" * 100_000 if what == "large" else b"ok"
        self.send_header("Content-Length", str(0 if self.command == "HEAD" else len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
    do_GET = do_POST = do_HEAD = do_PURGE = do_BREW = answer
    def log_message(self, *args):
        pass
hanging = threading.Event()
class Server(ThreadingHTTPServer):
    daemon_threads = True
    def handle_error(self, *args):
        pass
server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://localhost:{server.server_port}"
def tell():
    hanging.set()
    labotel.shutdown()
    print(json.dumps(got))
"""
"""Paths: /ok, /status/N, /to/PATH (a redirect), /large, /gone (no answer), /hang."""
