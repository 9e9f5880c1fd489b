"""Questions about the code status: full code, DNR, DNI, who said so, since when, on admission.

They go before every other reading, because a name of it is also a result's name, an order's and
a word of many notes, and each of these alone may be out of date or about another patient. Every
word must be one that this reader knows; a yes-or-no question with a word more is declined, since
a sentence that merely holds "DNR" answers nothing. A "why" and what a note says stay with notes.
"""

from __future__ import annotations

import re

from pipelines.answers.question import ChartQuestion, Pick, StayWanted
from pipelines.answers.question.narrative import narrative
from pipelines.answers.question.scope import take_edge, take_picks
from pipelines.answers.question.text import QuestionText, any_of, listed, phrase, words
from pipelines.answers.question.window import take_window
from pipelines.records.chart import Chart
from pipelines.records.moments import Moment

SECTION = "code_status"
SUBJECT = "code_status"
STATES = ("DNR/DNI", "DNR", "DNI", "full code", "attempt CPR")
# Names that mean nothing else; fluids, too, are given "for resuscitation".
SURE = ("subject", "DNR/DNI", "DNR", "DNI", "full code")
SOURCES = ("order", "consent", "flag")
UNKNOWN_WORDS = "The words “{said}” of the question about the code status were not understood."
AMBIGUOUS = "A date in the question can be read in two ways; write it as YYYY-MM-DD."
_PAST = phrase(r"was|were|had|been|ever|used\s+to\s+be")
# Words that make nothing of a sentence elsewhere, but a wish or a need is no code status.
_DOUBTFUL = phrase(r"wants?|needs?|like|would")
_HOW_LONG = phrase(r"(?:for\s+)?how\s+long")
_ONLY_ASKING = phrase(r"signed|written|wrote|placed|decided|consented")


def names_code_status(question: str) -> bool:
    """Whether the question is one about the code status and not for the notes."""
    text = QuestionText(question)
    return _named(text) and narrative(text) is None


def without_code_words(text: str) -> str:
    """A text in which `code status` is no code that someone could look up."""
    return listed(SECTION, "subject").sub(" ", text)


def read_code_status(text: QuestionText, chart: Chart) -> ChartQuestion | None:
    """The question, a declined one, or None where other readers may know what is asked.

    `text` is what a question holds beside the patient's name; nothing of it is changed.
    """
    own = QuestionText(text.whole)
    own.text = text.text
    if not _named(own):
        return None
    sure = _named(own, SURE)
    yes_no = _yes_no(own.whole)
    try:
        asked = _read(own, chart.as_of, yes_no=yes_no)
    except ValueError:
        return ChartQuestion(own.whole, "none", "decline", decline=AMBIGUOUS)
    left = (*own.left(), *_DOUBTFUL.findall(own.whole))
    if not left:
        return asked
    if sure and (yes_no or _short(own.whole)):
        told = UNKNOWN_WORDS.format(said=" ".join(left))
        return ChartQuestion(own.whole, "none", "decline", decline=told)
    return None


def _named(text: QuestionText, names: tuple[str, ...] = ("subject", *STATES)) -> bool:
    return any(text.find(listed(SECTION, name)) is not None for name in names)


def _short(whole: str) -> bool:
    """Whether a question asks for the status itself, so that no sentence of a note may answer."""
    return (
        re.match(r"(?:so |and |please )*(?:what|which)\s+(?:is|was|are|were)\b", whole) is not None
    )


def _yes_no(whole: str) -> bool:
    begins = any_of((*words()["yes_no"]["begins"], "isn't", "wasn't"))
    start = re.sub(r"^(?:so|and|well|ok|okay|hey|hi|please|but)\b[ ,]*", "", whole)
    bare = any(listed(SECTION, name).match(start) for name in STATES)
    return bare or re.match(rf"{begins}\b", start) is not None


def _read(text: QuestionText, now: Moment, *, yes_no: bool) -> ChartQuestion:
    """What is asked; words that this reader does not know stay in the text."""
    from pipelines.answers.question.scope import take_stays
    from pipelines.answers.question.when import take_when

    states = tuple(name for name in STATES if text.take_all(listed(SECTION, name)))
    text.take_all(listed(SECTION, "subject"))
    window = take_window(text, now)
    edge = _admitted(text) or take_edge(text)
    stays = take_stays(text)
    who = text.take(listed(SECTION, "who")) is not None
    when = take_when(text) or text.take(_HOW_LONG) is not None
    changed = bool(text.take_all(listed(SECTION, "changed")))
    history = bool(text.take_all(listed(SECTION, "history")))
    source = next((one for one in SOURCES if text.take_all(listed(SECTION, one))), None)
    only = text.find(_ONLY_ASKING) is not None
    text.take_all(listed(SECTION, "explained"))
    picks = take_picks(text, stays)
    past = history or (yes_no and _is_past(text.whole, window, stays, edge))
    rules = (
        (who, "who"),
        (changed and (yes_no or not when), "changed"),
        (when, "when"),
        (any(p.position not in (1, -1) for p in picks), "earlier"),
        (any(p.position == 1 for p in picks), "history"),
        (past or (yes_no and only), "history"),
        (yes_no and bool(states), "exists"),
    )
    ask = next((name for holds, name in rules if holds), "status")
    return ChartQuestion(
        text=text.whole, subject=SUBJECT, ask=ask, names=states, picks=edge, window=window,
        stay=stays[0].stay if stays else None, attribute=source,
    )  # fmt: skip


def _is_past(whole: str, *scopes: object) -> bool:
    """ "Was she DNR" may mean then: without a time that is named, all statements are shown."""
    return _PAST.match(whole) is not None and not any(scopes)


def _admitted(text: QuestionText) -> tuple[Pick, ...]:
    found = text.take(listed(SECTION, "admitted"))
    if found is None:
        return ()
    return (Pick(1, StayWanted("hospital", -1, " ".join(found.group().split()))),)
