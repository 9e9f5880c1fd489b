"""From a FHIR server into the store: logged, fetched into the inbox, loaded, logged.

The download needs no store, so it also works while the app has it; then the files wait complete
in the inbox, and the app takes them in. What is asked is logged before the first request, and what
came before anything is loaded: the server's address without query and sign-in, never a token.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.desk import load as loading
from pipelines.desk.house import House, make_home, open_house
from pipelines.errors import ChartroomError, NothingLoaded, StoreInUse
from pipelines.records.fetches import Fetched, FetchProgress, FetchRequest, FetchState
from pipelines.records.loads import LoadReport

if TYPE_CHECKING:
    from pipelines.fetch.plan import Plan
    from pipelines.records.chart import Reader
    from pipelines.settings import Settings

NO_URL = "Name the FHIR server's address, or set FHIR_URL."
RUNNING = "A fetch is running already; wait for its end."
NOTHING = "Nothing could be loaded: the FHIR server has nothing of what was asked for."
LAST = "last"

_ONE_AT_A_TIME = threading.Lock()

Progress = Callable[[FetchProgress], None]


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """What was fetched, and what the load of it did; `waiting`: the app will take it in."""

    fetched: Fetched
    report: LoadReport
    waiting: bool


def by_command(
    settings: Settings,
    reader: Reader,
    request: FetchRequest,
    on_progress: Progress | None = None,
    on_load: loading.Progress | None = None,
) -> FetchOutcome:
    """Fetch, then load if the store is free; NothingLoaded where nothing of it could be."""
    make_home(settings.home)
    desk = House(settings, writing=False)
    try:
        plan, fetched = _fetched(desk, reader, request, on_progress)
        if not fetched.files:
            return FetchOutcome(fetched, _nothing(settings, plan, fetched), waiting=False)
        try:
            owner = open_house(settings, writing=True)
        except StoreInUse:
            _remember(settings, plan, fetched, "in the inbox; the app will take it in")
            return FetchOutcome(fetched, _empty(), waiting=True)
        try:
            report = _loaded(owner, reader, plan, fetched, on_load)
        finally:
            owner.close()
        return FetchOutcome(fetched, report, waiting=False)
    finally:
        desk.close()


def fetch_now(
    house: House,
    reader: Reader,
    since: str | None = LAST,
    on_progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> FetchOutcome:
    """Fetch from FHIR_URL and load with the house of this process: what changed since the last
    good fetch, or (`since` None) all of it. ChartroomError while another fetch runs."""
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise ChartroomError(RUNNING)
    try:
        request = FetchRequest("", since=since)
        plan, fetched = _fetched(house, reader, request, on_progress, sleep)
        return FetchOutcome(fetched, _loaded(house, reader, plan, fetched, None), waiting=False)
    finally:
        _ONE_AT_A_TIME.release()


def state(house: House) -> FetchState:
    """The last fetch from FHIR_URL and the next one, for the Imports page."""
    from pipelines.fetch import memory
    from pipelines.fetch.door import shown

    settings = house.settings
    every = settings.fhir_every_min
    if not settings.fhir_url:
        return FetchState(None, every, False, None, None, None, 0, None)
    try:
        known = memory.last(settings.home, _plan(settings, FetchRequest("")))
    except ChartroomError as error:
        server = shown(settings.fhir_url)
        return FetchState(server, every, False, None, None, error.user_message, 0, None)
    return FetchState(
        server=shown(settings.fhir_url),
        every_min=every,
        running=_ONE_AT_A_TIME.locked(),
        last_finished=known.tried or None,
        last_good=known.good or None,
        result=known.result or None,
        resources=known.resources,
        next_run=_next(known.tried, every),
    )


def _next(tried: str, every_min: int) -> str | None:
    if not every_min:
        return None
    start = datetime.fromisoformat(tried) if tried else datetime.now(UTC)
    after = start + timedelta(minutes=every_min if tried else 0)
    return after.isoformat(timespec="seconds")


def _plan(settings: Settings, request: FetchRequest) -> Plan:
    """The plan of a request; no address means FHIR_URL, `last` what the home remembers."""
    from pipelines.fetch import memory
    from pipelines.fetch.plan import plan

    url = request.url or settings.fhir_url
    if not url:
        raise ChartroomError(NO_URL)
    if request.since != LAST:
        return plan(replace(request, url=url))
    whole = plan(replace(request, url=url, since=None))
    return replace(whole, since=memory.last(settings.home, whole).as_of or None)


def _fetched(
    house: House,
    reader: Reader,
    request: FetchRequest,
    on_progress: Progress | None,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Plan, Fetched]:
    """Log, fetch, log; what failed is logged and remembered too."""
    from pipelines.fetch.pace import Pace
    from pipelines.fetch.plan import told_server
    from pipelines.fetch.run import fetch

    plan = _plan(house.settings, request)
    asked = {"server": told_server(plan), "what": plan.told, "since": plan.since}
    one = plan.patients[0] if len(plan.patients) == 1 else None
    payload = {**asked, "patients": list(plan.patients)}
    house.ledger.append(reader=reader, patient=one, action="fetch", payload=payload)
    try:
        fetched = fetch(plan, house.settings, on_progress, Pace(sleep=sleep))
    except ChartroomError as error:
        failed = {**asked, "failed": error.user_message}
        house.ledger.append(reader=reader, patient=one, action="fetched", payload=failed)
        _remember(house.settings, plan, None, error.user_message)
        raise
    came = {
        **asked,
        "resources": fetched.resources,
        "deleted": fetched.deleted,
        "problems": len(fetched.problems),
        "folder": Path(fetched.folder).name if fetched.folder else None,
        "as_of": fetched.as_of,
    }
    house.ledger.append(reader=reader, patient=one, action="fetched", payload=came)
    return plan, fetched


def _loaded(
    house: House,
    reader: Reader,
    plan: Plan,
    fetched: Fetched,
    on_load: loading.Progress | None,
) -> LoadReport:
    if not fetched.files:
        return _nothing(house.settings, plan, fetched)
    paths = [Path(name) for name in fetched.files]
    try:
        report = loading.load(house, reader, paths, None, on_load)
    except ChartroomError as error:
        _remember(house.settings, plan, None, error.user_message)
        raise
    said = f"{report.resources} resources, {report.unchanged} of them unchanged"
    if report.refused:
        said += f"; {len(report.refused)} refused"
    _remember(house.settings, plan, fetched, "; ".join([said, *fetched.problems]))
    return report


def _nothing(settings: Settings, plan: Plan, fetched: Fetched) -> LoadReport:
    """Nothing came: no news where only news was asked for, else NothingLoaded."""
    if plan.since is None:
        nothing = NothingLoaded(" ".join([NOTHING, *fetched.problems[:1]]))
        nothing.report = _empty()
        _remember(settings, plan, None, nothing.user_message)
        raise nothing
    _remember(settings, plan, fetched, "; ".join(["nothing new", *fetched.problems]))
    return _empty()


def _remember(settings: Settings, plan: Plan, fetched: Fetched | None, result: str) -> None:
    """Note this try; only a complete one moves the time from which the next goes on."""
    from pipelines.fetch import memory

    known = memory.last(settings.home, plan)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    known.tried, known.result = now, result
    known.resources = fetched.resources if fetched else 0
    if fetched is not None:
        known.server, known.good, known.as_of = fetched.server, now, fetched.as_of
    memory.note(settings.home, plan, known)


def _empty() -> LoadReport:
    return LoadReport(0, 0, 0, 0, {}, 0, 0, (), 0.0, 0.0, 0.0)
