"""Who may come in: this machine's own browser, with the token of the opened address, and nobody else.

Host and Origin are compared with a fixed list, never with each other. It knows headers, not what is asked for.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

ADDRESS = "127.0.0.1"
NAMES = (ADDRESS, "localhost")
CLOSED = {  # on every answer
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def host_is_ours(host: str | None, port: int) -> bool:
    """Whether a Host header names this very server: ``host_is_ours("127.0.0.1:8800", 8800) -> True``."""
    return host in {f"{name}:{port}" for name in NAMES}


def origin_is_ours(origin: str | None, port: int) -> bool:
    """Whether a request that writes comes from our own page; browsers always say where from."""
    return origin in {f"http://{name}:{port}" for name in NAMES}


def knows_token(given: str | None, token: str) -> bool:
    """Whether the caller has the token, compared in constant time."""
    return given is not None and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def single(headers, name: str) -> str | None:
    """A header that stands once, else None: two Host lines are nobody's."""
    values: list[str] = headers.get_all(name) or []
    return values[0] if len(values) == 1 else None


def refusal(method: str, headers: Mapping[str, str], port: int) -> str:
    """Why a request does not get in, "" if it may; the token is asked for later, by what needs it."""
    if not host_is_ours(single(headers, "Host"), port):
        return "只接受这台电脑上打开的页面"
    if method != "GET" and not origin_is_ours(single(headers, "Origin"), port):
        return "只接受这个页面自己发出的操作"
    return ""
