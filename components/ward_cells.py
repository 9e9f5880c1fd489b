"""What stands in each cell of the worklist: words, signs and tones, as plain values.

A mark is a sign and a word before it is a colour. "Not yet looked at" is not "nothing new", a part
of a score is told as a floor, and what a score lacks is told in its cell.
"""

from __future__ import annotations

from collections.abc import Callable

from components import flags, times
from components.banner import sex_word
from components.safe_text import shortened, visible
from components.worklist_table import searchable, shown_name
from pipelines.records.screening import Kdigo, News2
from pipelines.records.ward import WardRow

Part = dict[str, str]  # `text`, and `tone`: a class name of the style sheet, or nothing

HIGH, MEDIUM = 7, 5  # NEWS2's own thresholds of urgent response (RCP 2017)
NOT_LOOKED = "not yet looked at"
NOTHING_NEW = "nothing new"
LEAST_SEVERE = 9
ABNORMAL_SHOWN = 3
NONE_FLAGGED = "none flagged by record or site policy"  # blank would read as normal


def cells(row: WardRow) -> dict[str, list[Part]]:
    """The cells of one row by column; the second and later parts are quiet lines below."""
    base = row.base
    age = "" if base.age_years is None else f"{base.age_years} "
    return {
        "Patient": [_part(shown_name(base)), _part(base.patient.mrn or "no MRN recorded")],
        "Age / sex": [_part(f"{age}{sex_word(base.patient.sex)}")],
        "Where": where(row),
        "New to you": news(row),
        "Worst abnormal now": abnormal(row),
        "NEWS2": news2(row.news2),
        "KDIGO": kdigo(row.kdigo),
        "Last note": last_note(row),
        "Data as of": [_part(base.as_of.clock if base.as_of else "no date")],
    }


def where(row: WardRow) -> list[Part]:
    """Location and day of the stay that covers the as-of, or the last visit's day."""
    if row.stay is not None:
        over = " · ended at as-of" if row.stay.is_over else ""
        return [_part(row.stay.location or "location not recorded"),
                _part(f"day {row.stay.day}{over}")]  # fmt: skip
    last = row.base.last_encounter
    return [_part("not in hospital"), _part("no visit" if last is None else f"last {last.day}")]


def news(row: WardRow) -> list[Part]:
    """What came into the store since the reader last opened this chart."""
    came = row.arrived
    if came is None or row.last_looked is None:
        return [_part(NOT_LOOKED)]
    since = _part(f"since {row.last_looked[:16].replace('T', ' ')} UTC")
    if not came.anything:
        return [_part(NOTHING_NEW), since]
    told = [_many(came.results, "result"), _many(came.notes, "note"), _many(came.orders, "order")]
    words = ", ".join(part for part in told if part)
    marked = [_part(f"◆ {came.abnormal} abnormal", "odd")] if came.abnormal else []
    return [_part(words, "new"), *marked, since]


def abnormal(row: WardRow) -> list[Part]:
    """The worst flagged results with sign and letter; blank would read as normal."""
    found = [
        _part(
            f"{flags.sign(fact.flag)} {shortened(fact.display, 34)} {flags.value_with_unit(fact)}"
            f"{flags.status_note(fact)}{flags.source_note(fact)}",
            flags.tone(fact.flag),
        )
        for fact in row.base.abnormal[:ABNORMAL_SHOWN]
    ]
    if row.base.refused_count:
        found.insert(0, _part(f"⚠ {row.base.refused_count} refused", "warned"))
    if not row.base.abnormal:
        return [*found, _part(NONE_FLAGGED)]
    return [*found, _part("and more")] if len(row.base.abnormal) > ABNORMAL_SHOWN else found


def news2(score: News2) -> list[Part]:
    """The score, or its floor with the number of inputs; who has none is told why."""
    if score.points is None:
        why = score.text if score.not_for else f"0 of {len(score.inputs)} inputs"
        return [_part("no score"), _part(why)]
    floor = "" if score.is_whole else "≥ "
    sign = "▲▲ " if score.points >= HIGH else "▲ " if score.points >= MEDIUM else ""
    tone = "critical-high" if score.points >= HIGH else "high" if sign else ""
    told = f"{score.risk} risk" if score.risk else (
        f"{len(score.present)} of {len(score.inputs)} inputs")  # fmt: skip
    single = [_part("△ 3 in one sign", "high")] if score.single_threes else []
    return [_part(f"{sign}{floor}{score.points}", tone), *single, _part(told)]


def kdigo(stage: Kdigo) -> list[Part]:
    """The stage and which input it rests on, or why there is none."""
    if stage.stage is None:
        return [_part("no stage"), _part(stage.creatinine.why)]
    sign = "▲▲ " if stage.stage == 3 else "▲ " if stage.stage else ""
    tone = "critical-high" if stage.stage == 3 else "high" if stage.stage else ""
    both = stage.creatinine.stage is not None and stage.urine.stage is not None
    one = "urine only" if stage.creatinine.stage is None else "creatinine only"
    return [_part(f"{sign}{stage.stage}", tone), _part("creatinine, urine" if both else one)]


def last_note(row: WardRow) -> list[Part]:
    """Kind and time of the newest note."""
    if row.last_note is None:
        return [_part("no note")]
    return [_part(shortened(row.last_note.title, 40)), _part(times.clock(row.last_note.when))]


FILTERS: dict[str, Callable[[WardRow], bool]] = {
    "In hospital": lambda row: row.stay is not None,
    "New to you": lambda row: row.arrived is None or row.arrived.anything,
    "Abnormal": lambda row: bool(row.base.abnormal),
    "NEWS2 ≥ 5": lambda row: (row.news2.points or 0) >= MEDIUM,
    "KDIGO ≥ 1": lambda row: (row.kdigo.stage or 0) >= 1,
}
SORTS: dict[str, Callable[[WardRow], tuple[object, ...]]] = {
    "Most abnormal": lambda row: (_worst(row), -len(row.base.abnormal), _name(row)),
    "New to you": lambda row: (_news_rank(row), _name(row)),
    "NEWS2": lambda row: (-(-1 if row.news2.points is None else row.news2.points), _name(row)),
    "KDIGO": lambda row: (-(-1 if row.kdigo.stage is None else row.kdigo.stage), _name(row)),
    "Location": lambda row: (_place(row), _name(row)),
    "Day of stay": lambda row: (-(row.stay.day if row.stay else 0), _name(row)),
    "Last note": lambda row: (-_note_seconds(row), _name(row)),
    "Last encounter": lambda row: (-_seconds(row), _name(row)),
    "Name": lambda row: (_name(row),),
}


def fits(row: WardRow, words: list[str], chosen: list[str]) -> bool:
    """Whether a row has every typed word (name, number, location, note) and every filter."""
    text = " ".join(
        [searchable(row.base), row.stay.location or "" if row.stay else "",
         row.last_note.title if row.last_note else ""]
    ).lower()  # fmt: skip
    return all(word in text for word in words) and all(FILTERS[name](row) for name in chosen)


def _part(text: str, tone: str = "") -> Part:
    return {"text": visible(text), "tone": tone}


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}" if count else ""


def _name(row: WardRow) -> str:
    return row.base.patient.name.lower()


def _worst(row: WardRow) -> int:
    return min((flags.severity(fact.flag) for fact in row.base.abnormal), default=LEAST_SEVERE)


def _news_rank(row: WardRow) -> tuple[int, int, int]:
    """New and abnormal first, then new, then never looked at, then nothing new."""
    came = row.arrived
    if came is None:
        return (1, 0, 0)
    return (0 if came.anything else 2, -came.abnormal, -(came.results + came.notes + came.orders))


def _place(row: WardRow) -> str:
    return "\uffff" if row.stay is None else (row.stay.location or "\ufffe").lower()


def _note_seconds(row: WardRow) -> float:
    when = row.last_note.when if row.last_note else None
    return 0.0 if when is None else when.instant.timestamp()


def _seconds(row: WardRow) -> float:
    last = row.base.last_encounter
    return last.instant.timestamp() if last is not None else 0.0
