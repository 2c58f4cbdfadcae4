"""A shop that is its own factory and answers orders as it is told to: what no real one does, some do."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joserfc.jwk import RSAKey

from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Secret

_KEYS = {"keys": [RSAKey.generate_key(2048).as_dict(private=False)]}
_DINER = {"user": {"id": 1, "name": "d", "email": "d@jwt.com", "roles": []}, "token": "a-token-of-the-diner"}
_MENU = [{"id": 1, "title": "Veggie", "price": 0.0038}]
_FRANCHISES = {"franchises": [{"id": 1, "name": "F", "stores": [{"id": 1, "name": "S"}]}], "more": False}


class OddShop:
    """Answers every order with `status` and `body`; `seen` holds the paths of all requests."""

    def __init__(self, status: int, body: object, content_type: str = "application/json") -> None:
        self.seen: list[str] = []
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answers = {
            "/api/auth": (200, "application/json", json.dumps(_DINER).encode()),
            "/api/order/menu": (200, "application/json", json.dumps(_MENU).encode()),
            "/api/franchise": (200, "application/json", json.dumps(_FRANCHISES).encode()),
            "/.well-known/jwks.json": (200, "application/json", json.dumps(_KEYS).encode()),
            "/api/order": (status, content_type, raw),
        }
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.append(self.path)
                code, kind, content = answers.get(self.path, (400, "application/json", b'{"message":"no"}'))
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def target(self) -> Target:
        return Target("odd", self.url, self.url, Secret(""))

    def __enter__(self) -> "OddShop":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
