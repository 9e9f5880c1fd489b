"""The ASGI application: sessions, response headers, a health route and warm-up.

`streamlit run app.py` and `uvicorn app:app` serve the same thing. Nothing here reads a chart:
`components/shell.py` is the script that every address runs, and it stands in a folder without a
`pages/` beside it, so no page can be served without the gate.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from components.response_headers import SessionAndHeaders
from pipelines.desk import fetch_hourly, this_process


async def health(_request: Request) -> PlainTextResponse:
    """Whether the process answers; says nothing about what is in it."""
    return PlainTextResponse("ok")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Watch the inbox, open the house and load heavy libraries while the first page comes."""
    this_process.watch_inbox()
    threading.Thread(target=this_process.warm_up, daemon=True, name="warm-up").start()
    hourly = fetch_hourly.Hourly()
    hourly.start()
    yield
    hourly.stop()
    this_process.close()


app = st.App(
    Path(__file__).parent / "components" / "shell.py",
    routes=[Route("/health", health)],
    middleware=[Middleware(SessionAndHeaders)],
    lifespan=lifespan,
)
