"""The session cookie and the headers of every answer: an ASGI middleware and its rules as data.

Scripts, styles, fonts and connections come from this server alone; a privacy officer can read
the policy here. `unsafe-eval` and `blob:` are what Streamlit's own front end and its inline
components need; the hash is the inline script of Streamlit 1.67's index page. The cookie is
random, says nothing, and cannot be read by a script; a WebSocket that comes without it is let
in and sees the gate.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "chartroom_session"
COOKIE_RULES = "Path=/; HttpOnly; SameSite=Strict"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self' 'unsafe-eval' blob:"
        " 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",
        "worker-src 'self' blob:",
        "connect-src 'self' ws: blob: data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


class SessionAndHeaders:
    """Sets the session cookie on a first page, and the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on with what the answer needs added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = COOKIE in HTTPConnection(scope).cookies

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if not known and headers.get("content-type", "").startswith("text/html"):
                    value = f"{COOKIE}={secrets.token_urlsafe(32)}; {COOKIE_RULES}"
                    headers.append("set-cookie", value)
            await send(message)

        await self.app(scope, receive, with_headers)
