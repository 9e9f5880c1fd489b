"""When a home was last filled from a server, and from when the next fetch goes on.

One small file, `fetch.json` in the home, one item a plan. It is written only when a fetch is
complete, so a fetch that failed is done again from the same moment.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipelines.errors import ChartroomError
from pipelines.fetch.folder import NO_ROOM, write_whole
from pipelines.fetch.plan import Plan

NAME = "fetch.json"


class Last(msgspec.Struct):
    """The last try of a plan; `good` and `as_of` are of the last one that was complete."""

    server: str = ""
    tried: str = ""
    good: str = ""
    as_of: str = ""
    result: str = ""
    resources: int = 0


def last(home: Path, plan: Plan) -> Last:
    """What is known of this plan; empty where it never ran."""
    return _all(home).get(plan.standing_key, Last())


def note(home: Path, plan: Plan, said: Last) -> None:
    """Remember the last try of this plan."""
    known = _all(home)
    known[plan.standing_key] = said
    try:
        write_whole(home / NAME, msgspec.json.encode(known))
    except OSError as error:
        raise ChartroomError(NO_ROOM, type(error).__name__) from error


def _all(home: Path) -> dict[str, Last]:
    try:
        return msgspec.json.decode((home / NAME).read_bytes(), type=dict[str, Last])
    except (OSError, ValueError):
        # A lost memory costs one full fetch, which changes nothing that is here.
        return {}
