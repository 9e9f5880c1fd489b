"""A key, asked and scored: each question goes the way of every question, ledger included.

Nothing is measured that a reader would not get: the time is that of the whole answer with both
commits. A run is an entry of the ledger (`evaluation`) with the digest of the key, so that the
history can prove what was scored and when; earlier runs of the same key are found by that digest.
Lines of one `thread` are one conversation in order, as in a batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipelines.desk import ask
from pipelines.errors import ChartroomError, NotFound
from pipelines.records.scores import Evaluation, ItemScore, KeyItem, KindScore

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.answers import Answer
    from pipelines.records.chart import Reader
    from pipelines.records.ledger import LogEntry

ACTION = "evaluation"
NO_PATIENT = "A question of the key names no patient; give one with --patient."


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """A key to score. `patient` is asked where an item names none."""

    key: Path
    patient: str | None = None
    engine: str = "embedded"


def evaluate(
    house: House,
    reader: Reader,
    request: EvaluateRequest,
    tell: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005 - says nothing
) -> Evaluation:
    """Ask every question of the key, score the answers, and log the run.

    `tell` hears after each answer how many are done, of how many. ChartroomError where the key
    cannot be read, or an item names no patient and the request neither.
    """
    from pipelines.answers import evaluate as scoring

    content = _content(request.key)
    items = scoring.read_key(content.decode("utf-8", "replace").removeprefix("\ufeff").split("\n"))
    if request.patient is None and any(item.patient is None for item in items):
        raise ChartroomError(NO_PATIENT)
    _ = house.charts  # a home without charts is said once, not for each question
    scores, models, threads = [], {}, dict[tuple[str, str], str]()
    for done, item in enumerate(items, 1):
        answer = _asked(house, reader, request, item, threads)
        scores.append(scoring.score(item, answer))
        if answer.model is not None:
            models[answer.model] = answer.model_digest or ""
        tell(done, len(items))
    made = Evaluation(
        key=request.key.name,
        key_sha256=hashlib.sha256(content).hexdigest(),
        time="",
        engine=request.engine,
        models=models,
        kinds=scoring.by_kind(scores),
        items=tuple(scores),
        log_id="",
    )
    return _logged(house, reader, made)


def history(house: House, key_sha256: str | None = None) -> tuple[Evaluation, ...]:
    """Every run of this home, oldest first; with a digest only those of that key."""
    if not house.has_ledger:
        return ()
    runs = tuple(_from_entry(entry) for entry in house.ledger.entries(action=ACTION))
    return tuple(run for run in runs if key_sha256 in (None, run.key_sha256))


def _asked(
    house: House,
    reader: Reader,
    request: EvaluateRequest,
    item: KeyItem,
    threads: dict[tuple[str, str], str],
) -> Answer:
    patient = item.patient or request.patient or ""
    thread = None
    if item.thread is not None:
        thread = threads.setdefault((item.thread, patient), ask.new_thread())
    asked = ask.AskRequest(patient, item.question, thread, request.engine, answer_id=item.item_id)
    return ask.ask_by_name(house, reader, asked)


def _content(key: Path) -> bytes:
    try:
        return key.read_bytes()
    except OSError as error:
        raise NotFound("The key cannot be read; check its path.") from error


def _logged(house: House, reader: Reader, made: Evaluation) -> Evaluation:
    payload = {
        "key": made.key,
        "key_sha256": made.key_sha256,
        "engine": made.engine,
        "models": dict(made.models),
        "kinds": [asdict(kind) for kind in made.kinds],
    }
    entry = house.ledger.append(reader=reader, patient=None, action=ACTION, payload=payload)
    return _from_entry(entry, made.items)


def _from_entry(entry: LogEntry, items: tuple[ItemScore, ...] = ()) -> Evaluation:
    payload = cast("Mapping[str, Any]", entry.payload)
    return Evaluation(
        key=payload["key"],
        key_sha256=payload["key_sha256"],
        time=entry.time,
        engine=payload["engine"],
        models=payload["models"],
        kinds=tuple(KindScore(**kind) for kind in payload["kinds"]),
        items=items,
        log_id=entry.entry_id,
    )
