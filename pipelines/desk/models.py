"""What the model server has, and what the app would pick."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.records.models import ServerView
    from pipelines.settings import Settings


def status(settings: Settings) -> ServerView:
    """Version, models and the pick; `server` None when nothing answers at an allowed address."""
    from pipelines.answers import ollama_server

    return ollama_server.status(settings)
