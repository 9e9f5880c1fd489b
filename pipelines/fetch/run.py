"""One fetch from its address to a complete folder in the inbox, ready to be loaded.

The manifest in the folder has the shape of a bulk export's, whichever way the files came; its
`url`s are the names of the files beside it, because a server's own may carry a secret.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pipelines.fetch.bulk import Bulk
from pipelines.fetch.client import FhirClient
from pipelines.fetch.door import Door, shown
from pipelines.fetch.folder import Folder
from pipelines.fetch.pace import Pace
from pipelines.fetch.plan import Plan
from pipelines.fetch.search import Search
from pipelines.fetch.server import server
from pipelines.fetch.sign_in import SignIn
from pipelines.records.fetches import COMPLETE, Fetched, FetchProgress
from pipelines.settings import Settings

MEGABYTE = 1_000_000
Progress = Callable[[FetchProgress], None]


def fetch(
    plan: Plan, settings: Settings, on_progress: Progress | None = None, pace: Pace | None = None
) -> Fetched:
    """Fetch what is planned into `inbox/fetched-<time>`; an unfinished fetch of it goes on."""
    pace = pace or Pace()
    door = Door.of(plan.base, settings)
    sign_in = SignIn.of(door, settings)
    with Folder.of(settings.home / "inbox", plan) as folder:
        folder.most_bytes = settings.max_file_mb * MEGABYTE
        tell = _teller(folder, pace, on_progress)
        with FhirClient(door, sign_in, pace) as client:
            if plan.kind == "bulk":
                Bulk(client, folder, plan, tell).run()
            else:
                said = server(client)
                folder.state.as_of = folder.state.as_of or said.as_of
                folder.state.release = said.release
                folder.save()
                Search(client, folder, plan, said, tell).run()
        tell(COMPLETE)
        return _finished(folder, plan, pace)


def _teller(folder: Folder, pace: Pace, on_progress: Progress | None) -> Callable[[str], None]:
    doing = ""

    def tell(what: str) -> None:
        nonlocal doing
        doing = what or doing
        if on_progress is not None:
            count = sum(folder.by_type.values())
            on_progress(FetchProgress(doing, count, folder.size / MEGABYTE, pace.seconds))

    return tell


def _finished(folder: Folder, plan: Plan, pace: Pace) -> Fetched:
    kept = sorted(path.name for path in folder.path.glob("*.ndjson"))
    state = folder.state
    where = None
    if kept or state.files:
        where = folder.publish(_manifest(folder, plan, kept))
    else:
        folder.discard()
    return Fetched(
        server=shown(plan.base),
        kind=plan.told,
        folder=None if where is None else str(where),
        files=tuple(str(where / name) for name in kept) if where else (),
        by_type=dict(sorted(folder.by_type.items())),
        deleted=folder.deleted,
        problems=tuple(state.problems),
        as_of=state.as_of,
        since=plan.since,
        seconds=pace.seconds,
    )


def _manifest(folder: Folder, plan: Plan, kept: list[str]) -> bytes:
    errors = sorted(path.name for path in folder.path.glob("*.errors.txt"))
    deleted = [name for name in kept if name.endswith(".deleted.ndjson")]

    def items(names: list[str]) -> list[dict[str, str]]:
        return [{"type": name.partition(".")[0], "url": name} for name in names]

    return msgspec.json.encode(
        {
            "transactionTime": folder.state.as_of,
            "request": f"{shown(plan.base)}/{plan.told}",
            "requiresAccessToken": False,
            "output": items([name for name in kept if name not in deleted]),
            "deleted": items(deleted),
            "error": items(errors),
            # Which FHIR the server says it speaks; empty where it was not asked or did not say.
            "extension": {"fhirVersion": folder.state.release},
        }
    )
