"""The desk over HTTP, for the browser of this machine: reading is GET, whatever writes is POST.

It knows requests and answers; what they do is the desk's. Every answer is JSON, a file of the page, or a picture.
"""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from urllib.parse import parse_qs, unquote, urlsplit

from ..errors import SubaoError
from . import door
from .desk import Desk
from .issue_file import Changed

LARGEST_ACTION = 4 << 20  # bytes; the text of the longest article
LARGEST_FILE = 64 << 20  # bytes of a file that is dropped; what cannot be read is said when it is read
PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/desk.css": ("desk.css", "text/css; charset=utf-8"),
    "/desk.js": ("desk.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


class Server(ThreadingHTTPServer):
    """One desk on one port of 127.0.0.1; ``port`` 0 takes a free one."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self.desk, self.token = desk, secrets.token_urlsafe(24)
        super().__init__((door.ADDRESS, port), Handler)

    @property
    def address(self) -> str:
        """What the browser opens."""
        return f"http://{door.ADDRESS}:{self.server_port}/?token={self.token}"

    def handle_error(self, request, client_address) -> None:
        """A browser that went away is no error; anything else keeps its traceback."""
        import sys

        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "subao", ""
    timeout = 120

    def setup(self) -> None:
        super().setup()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *_: object) -> None:
        """The terminal is the editor's."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if reason := door.refusal("GET", self.headers, self.server.server_port):
            return self._refuse(403, reason)
        if url.path in PAGE:
            if url.path == "/" and not door.knows_token(query.get("token"), self.server.token):
                return self._refuse(403, "这个地址缺少口令；请用 subao review 打开时显示的整个地址")
            name, kind = PAGE[url.path]
            return self._answer(200, files(__package__).joinpath("page", name).read_bytes(), kind)
        self._api(url.path, query, _READS)

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if reason := door.refusal("POST", self.headers, self.server.server_port):
            return self._refuse(403, reason)
        self._api(url.path, query, _WRITES)

    def _api(self, path: str, query: dict[str, str], table: dict[str, Callable]) -> None:
        if not door.knows_token(door.single(self.headers, "X-Token"), self.server.token):
            return self._refuse(403, "口令不对；请用 subao review 打开时显示的整个地址")
        if path not in table:
            return self._refuse(404, "没有这一页")
        try:
            body = self._body(LARGEST_FILE if path == "/api/file" else LARGEST_ACTION) if table is _WRITES else b""
            answer = table[path](self.server.desk, query, body, self.headers)
        except Changed as error:
            return self._json(409, {"error": str(error), "version": self.server.desk.file.version()})
        except SubaoError as error:
            return self._json(422, {"error": str(error)})
        except KeyError:
            return self._json(404, {"error": "这一篇已经不在稿件文件里（可能在别处改过）"})
        except (ValueError, TypeError, RecursionError) as error:
            return self._refuse(400, f"看不懂的请求（{error}）")
        except OSError as error:
            return self._json(500, {"error": f"磁盘：{error.strerror or error}；这一步没有做"})
        if isinstance(answer, tuple):
            return self._answer(200, *answer)
        if answer is None:
            return self._refuse(404, "没有")
        self._json(200, answer)

    def _body(self, most: int) -> bytes:
        length = int(self.headers.get("Content-Length") or -1)
        if not 0 <= length <= most:
            self.close_connection = True
            raise SubaoError(f"太大了（最多 {most >> 20} MB）" if length > most else "请求没有写明长度")
        return self.rfile.read(length)

    def _json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), "application/json; charset=utf-8")

    def _refuse(self, status: int, reason: str) -> None:
        self.close_connection = True  # what the caller still sends is not read
        self._json(status, {"error": reason})

    def _answer(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in door.CLOSED.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        head, self._headers_buffer = b"".join(self._headers_buffer), []
        self.wfile.write(head + b"\r\n" + data)  # one packet where it fits


def _object(body: bytes) -> dict:
    value = json.loads(body or b"{}")
    if not isinstance(value, dict):
        raise ValueError("要一个 JSON 对象")
    return value


def _seen(body: bytes) -> tuple[str, dict]:
    """The version that the page saw, and the action."""
    value = _object(body)
    if not isinstance(value.get("version"), str):
        raise ValueError("没有写明看到的是哪一版")
    return value["version"], value


def _file(desk: Desk, body: bytes, headers) -> dict:
    name = unquote(headers.get("X-Name") or "")
    if not name.strip():
        raise ValueError("文件没有名字")
    return {"name": desk.receive(name, body)}


def _picture(data: bytes | None):
    return (data, "image/svg+xml") if data else None


_READS: dict[str, Callable] = {
    "/api/house": lambda desk, query, body, headers: desk.house_facts(),
    "/api/issue": lambda desk, query, body, headers: desk.issue(),
    "/api/state": lambda desk, query, body, headers: desk.state(),
    "/api/article": lambda desk, query, body, headers: desk.article(query["key"]),
    "/api/why": lambda desk, query, body, headers: desk.why(query["key"]),
    "/api/same": lambda desk, query, body, headers: desk.same_story(query["key"]),
    "/api/find": lambda desk, query, body, headers: desk.find(query.get("q", "")),
    "/api/check": lambda desk, query, body, headers: desk.check(),
    "/api/picture": lambda desk, query, body, headers: desk.picture(query["name"]),
    "/api/statistics": lambda desk, query, body, headers: _picture(desk.statistics()),
}
_WRITES: dict[str, Callable] = {
    "/api/act": lambda desk, query, body, headers: desk.act(*_seen(body)),
    "/api/undo": lambda desk, query, body, headers: desk.undo(_seen(body)[0]),
    "/api/redo": lambda desk, query, body, headers: desk.redo(_seen(body)[0]),
    "/api/file": lambda desk, query, body, headers: _file(desk, body, headers),
    "/api/merge": lambda desk, query, body, headers: desk.take_in(),
    "/api/print": lambda desk, query, body, headers: desk.print_issue(bool(_object(body).get("anyway"))),
}
