"""What a person looks at: the worklist, the banner, trends, and one opened source.

Looking reads and never writes, but for the opening of a chart, which is logged.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.charts import labs, notes, sources
from pipelines.charts import patients as people
from pipelines.desk import trend as trends
from pipelines.desk.access import open_chart
from pipelines.desk.house import NOTHING_LOADED
from pipelines.desk.note_warnings import to_software
from pipelines.errors import NotFound
from pipelines.records.answers import Citation
from pipelines.records.views import FirstQuestion, SourceField, SourceView

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Chart, Reader
    from pipelines.records.facts import ResultKind
    from pipelines.records.patients import Banner, WorklistRow
    from pipelines.records.results import EarlierResult
    from pipelines.records.trends import TrendChoice, TrendOffers
    from pipelines.records.views import Trend

SAMPLE_QUESTIONS = Path(__file__).parents[2] / "sample_data" / "questions.toml"
OFFERED_QUESTIONS = 6
FIRST_QUESTIONS = 3


def patients(house: House, reader: Reader) -> tuple[WorklistRow, ...]:  # noqa: ARG001 - access by reader comes with accounts
    """One row a patient that this reader may see; none where nothing is loaded."""
    return () if house.store is None else people.worklist(house.store)


def find_patient(house: House, text: str) -> str:
    """The one `Patient.id` that fits an id, an identifier's value or `system|value`."""
    found = people.find(house.charts, _unicode(text).strip())
    if len(found) == 1:
        return found[0].patient_id
    if not found:
        known = [patient.patient_id for patient in people.all_patients(house.charts)]
        if not known:
            raise NotFound(NOTHING_LOADED)
        listed = ", ".join(known[:10]) + (" …" if len(known) > 10 else "")
        raise NotFound(f"No patient of that id or identifier is loaded; loaded are: {listed}")
    candidates = ", ".join(match.patient_id for match in found)
    raise NotFound(f"More than one patient fits; choose by id: {candidates}")


def banner(house: House, reader: Reader, patient_id: str) -> Banner:
    """What stands above every page of this chart."""
    return people.banner(open_chart(house, reader, patient_id, "look"))


def result_kinds(house: House, reader: Reader, patient_id: str) -> tuple[ResultKind, ...]:
    """The labs and vitals that this chart has numbers of."""
    chart = open_chart(house, reader, patient_id, "look")
    return tuple(kind for kind in labs.kinds(chart) if kind.numeric_count)


def trend_offers(house: House, reader: Reader, patient_id: str) -> TrendOffers:
    """What of this chart can be drawn: results, given doses, the last stay, other units."""
    return trends.offers(open_chart(house, reader, patient_id, "look"))


def trend(house: House, reader: Reader, patient_id: str, choice: TrendChoice) -> Trend:
    """The chosen results and doses of a window, with what stands on the same time axis."""
    return trends.made(open_chart(house, reader, patient_id, "look"), choice)


def source(house: House, reader: Reader, patient_id: str, citation: Citation) -> SourceView:
    """The cited record, opened, with the quote looked up again at its place."""
    chart = open_chart(house, reader, patient_id, "source")
    raw, version = sources.raw_version(chart, citation.resource)
    if citation.start is not None and citation.end is not None:
        return _note_view(chart, citation, raw, version)
    fields = tuple(
        SourceField(path, value, path.startswith(citation.path) and value in citation.quote)
        for path, value in sources.all_leaves(raw)
    )
    return SourceView(
        resource=citation.resource,
        kind=citation.resource.partition("/")[0],
        title=citation.title,
        date=citation.date,
        author=None,
        text=None,
        mark_start=None,
        mark_end=None,
        fields=fields,
        raw_json=raw,
        sha256=_digest(raw),
        version=version,
        verified=_quoted(sources.leaves(raw, citation.path), citation.quote),
        earlier=_earlier(chart, citation.resource, version),
    )


def first_questions(rows: Sequence[WorklistRow]) -> tuple[FirstQuestion, ...]:
    """The most interesting question of each of the first sample charts that are on the list.

    A list without sample charts has none: of real charts nobody knows it before they are read.
    """
    named = {row.patient.patient_id: row.patient.family or row.patient.name for row in rows}
    written = _written_questions()
    found = [
        FirstQuestion(patient, named[patient] or patient, written[patient][0])
        for patient in written
        if patient in named
    ]
    return tuple(found[:FIRST_QUESTIONS])


def is_first_start(house: House) -> bool:
    """Whether nobody has opened a chart of this home yet."""
    return not house.has_ledger or not house.ledger.entries(action="open", limit=1)


def sample_questions(house: House, reader: Reader, patient_id: str) -> tuple[str, ...]:
    """Questions worth asking of this chart: a sample's own, else its commonest results."""
    written = _written_questions().get(patient_id, ())
    if written:
        return tuple(written)[:OFFERED_QUESTIONS]
    kinds = sorted(result_kinds(house, reader, patient_id), key=lambda kind: -kind.numeric_count)
    labs_first = sorted(kinds, key=lambda kind: kind.kind != "lab")
    asked = [f"What is the latest {kind.display.lower()}?" for kind in labs_first[:3]]
    return (*asked, "Which medications are active?", "What allergies are recorded?")


def _note_view(chart: Chart, citation: Citation, raw: str, version: int) -> SourceView:
    note = notes.note(chart, citation.resource)
    return SourceView(
        resource=citation.resource,
        kind=citation.resource.partition("/")[0],
        title=note.title,
        date=note.when.written if note.when else None,
        author=note.author,
        text=note.text,
        mark_start=citation.start,
        mark_end=citation.end,
        fields=(),
        raw_json=raw,
        sha256=note.sha256,
        version=version,
        verified=note.text[citation.start : citation.end] == citation.quote,
        warnings=to_software(note.text),
    )


def _earlier(chart: Chart, resource: str, version: int) -> tuple[EarlierResult, ...]:
    """What a result said before, where there was a before."""
    if version == 1 or not resource.startswith("Observation/"):
        return ()
    return labs.earlier_versions(chart, resource)


def _unicode(text: str) -> str:
    """`text` with a mark in place of lone surrogates, which no record can hold."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _quoted(leaves: tuple[str, ...], quote: str) -> bool:
    return quote in leaves or quote == " ".join(leaves)


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def _written_questions() -> dict[str, list[str]]:
    try:
        table = tomllib.loads(SAMPLE_QUESTIONS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {
        patient: list(entry["questions"] if isinstance(entry, dict) else entry)
        for patient, entry in table.get("patients", table).items()
    }
