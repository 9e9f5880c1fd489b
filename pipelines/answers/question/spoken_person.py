"""The patient's own name in a question, however it is written, as "the patient".

In: a question and the words of the patient's names. Out: the question with "the patient" in
their place: given, family and maiden names, titles ("mister", "missus"), possessives with or
without an apostrophe, one slip of the pen. A name that is an ordinary word or a word of medicine
("Dare", "Rice") is one only where it is written or stands as a name. A title before a name that is
not this patient's tells of another one: `NotThisPatient`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.answers.question.text import phrase_words
from pipelines.answers.question.word_table import WordTable
from pipelines.terms.spelling import is_known

TABLE = WordTable("spoken.toml")
PATIENT = "the patient"
SHORTEST_SLIP = 5
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_OWN = re.compile(r"(?:'s|\u2019s|s'|s\u2019|'|\u2019)$")
# A doctor of the patient's name is somebody else, and so is a relative.
_OTHERS = frozenset({"dr", "dr.", "doctor", "nurse", "prof", "professor", "md"})
_NUMBERED_NEXT = re.compile(r"\bthe patient(?=\s+[\w-]*\d)")  # "the patient A1c" is no number
_CALLED_FIRST = re.compile(r"^the patient\s*[:;,-]+\s*(?=\S)|(?<=[,;])\s*the patient\s*:\s*")
_REPEATED = re.compile(
    r"\b(?:the|this|our|for) (?=the patient\b)|(?<=\bpatient )the patient\b(?!')"
)


class NotThisPatient(ValueError):
    """A title stands before a name that is not this patient's."""


@lru_cache(maxsize=512)
def name_words(names: frozenset[str]) -> frozenset[str]:
    """The words of the names as people say them: without digits, titles and initials."""
    titles = frozenset(TABLE.words["person"]["titles"])
    parts = {re.sub(r"\d+$", "", p) for n in names for p in (n, *n.split("-"))}
    return frozenset(p for p in parts if len(p) > 1 and p.isalpha() and p not in titles)


def with_patient(question: str, names: frozenset[str]) -> str:
    """The question with "the patient" for each name of the patient."""
    text = TABLE.written("person", "alike").sub(PATIENT, _lower_free(question))
    own = name_words(names)
    found = _WORD.finditer(text)
    taken: list[tuple[int, int, bool]] = []
    before: list[re.Match[str]] = []
    for word in found:
        told = _is_name(word, before, own, text, bool(taken) and taken[-1][1] == _end(before))
        if told is not None:
            start = _with_title(before, word, text)
            mine = bool(taken) and not re.search(r"[^\s,]", text[taken[-1][1] : start])
            if mine:
                taken[-1] = (taken[-1][0], word.end(), told)
            else:
                taken.append((start, word.end(), told))
        before.append(word)
    for start, end, possessive in reversed(taken):
        text = f"{text[:start]}{PATIENT}{chr(39) + 's' if possessive else ''}{text[end:]}"
    if PATIENT not in text:
        return text
    text = _CALLED_FIRST.sub("", _REPEATED.sub("", text))
    return _NUMBERED_NEXT.sub("the patient's", text)


def _end(before: list[re.Match[str]]) -> int:
    return before[-1].end() if before else -1


@lru_cache(maxsize=4096)
def _lower_free(question: str) -> str:
    """The descriptions of a patient are looked for whatever their case."""
    pattern = re.compile(TABLE.words["person"]["alike"], re.IGNORECASE)
    return pattern.sub(PATIENT, question)


def _with_title(before: list[re.Match[str]], word: re.Match[str], text: str) -> int:
    """Where the name begins, its title with it."""
    if (
        before
        and _is_title(before[-1], text)
        and not text[before[-1].end() : word.start()].strip(" .")
    ):
        return before[-1].start()
    return word.start()


def _is_title(word: re.Match[str], _text: str) -> bool:
    return word.group().lower() in TABLE.words["person"]["titles"]


def _is_name(
    word: re.Match[str],
    before: list[re.Match[str]],
    own: frozenset[str],
    text: str,
    after_name: bool,
) -> bool | None:
    """Whether a word is a name of the patient: with an ending of owning (True), bare, or not."""
    written = word.group()
    low = written.lower()
    last = before[-1].group().lower() if before else ""
    titled = bool(before) and _is_title(before[-1], text) and bool(own)
    if last in _OTHERS or (not own and not titled):
        return None
    bare = _OWN.sub("", low)
    told: bool | None = None
    forms = ((bare, bare != low), (bare.removesuffix("s"), True))
    for slip in (False, titled or _is_odd(bare)):
        for form, owns in forms:
            if told is None and _fits(form, own, slip=slip):
                told = owns
    if told is None and titled and _is_called(written, last):
        raise NotThisPatient(written)
    if told is None or titled or after_name or not _is_common(bare):
        return told
    behind = text[word.end() : word.end() + 1]
    proper = written[0].isupper() and (bool(before) or behind in (":", ",") or bare != low)
    leads = frozenset(TABLE.words["person"]["leads"])
    alone = re.match(r"\s*(?:$|[?.,;:])", text[word.end() :]) is not None
    stands = alone and (last in leads or text[: word.start()].rstrip().endswith(","))
    return told if proper or stands or (bare != low and before) else None


def _fits(form: str, own: frozenset[str], *, slip: bool) -> bool:
    if form in own:
        return True
    if not slip or len(form) < SHORTEST_SLIP:
        return False
    from rapidfuzz.distance import OSA

    return any(
        n[0] == form[0] and len(n) >= SHORTEST_SLIP and OSA.distance(n, form) == 1 for n in own
    )


def _is_odd(form: str) -> bool:
    """Whether a word is none that asks and none of medicine, and long enough for a slip."""
    return len(form) > SHORTEST_SLIP and not _is_common(form)


def _is_common(word: str) -> bool:
    return word in phrase_words() or is_known(word) or word in _ordinary()


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    return frozenset(TABLE.words["person"]["ordinary"])


def _is_called(written: str, title: str) -> bool:
    """Whether a word after a title is a name: "miss" is a verb as well."""
    if written.lower() in phrase_words():
        return False
    return written[0].isupper() or title not in ("miss", "misses", "sir", "ms")
