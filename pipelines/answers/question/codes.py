"""Codes in a question, and what codes of the chart add to the names that it uses.

"LOINC 2823-3" is read as this chart's own name of that result, or, where it has none, as the
concept that the code stands for. "ICD I10", "SNOMED 44054006", "RxNorm 6809" and "CVX 140" mean
the chart's entries with that code (an ICD category all codes below it); where there is none, the
entries of the thing that the vocabulary knows the code for. A name of the vocabulary means the
entries that carry one of its codes too, however they are called. The codes are asked of the store
only where the question needs them.
"""

from __future__ import annotations

import re

from pipelines.answers.question.text import QuestionText, plain, tokens
from pipelines.charts.question_names import ResultName, ThingCode, result_names, thing_codes
from pipelines.charts.reading import result_codings
from pipelines.records.chart import Chart
from pipelines.terms.concepts import LOINC, load
from pipelines.terms.vocabulary import (
    LONGEST,
    entries_coded,
    entries_in,
    entries_said,
    system_name,
)

_CODE = re.compile(
    r"\b(?P<system>loinc|icd[- ]?(?:9|10)(?:[- ]?cm)?|icd|snomed(?:[- ]?ct)?|rxnorm|rxcui|cvx)"
    r"(?:\s+codes?)?(?:\s*[:#=]\s*|\s+)(?P<code>(?=[a-z.-]*\d)[a-z0-9]+(?:[.-][a-z0-9]+)*)\b"
)
_SHORT = {"icd": "icd", "icd9": "icd9", "icd10": "icd10", "rxcui": "rxnorm"}
_FULL = {"rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm", "snomed": "http://snomed.info/sct",
         "cvx": "http://hl7.org/fhir/sid/cvx", "icd10": "http://hl7.org/fhir/sid/icd-10",
         "icd": "http://hl7.org/fhir/sid/icd-10"}  # fmt: skip


def coded(question: str, chart: Chart) -> QuestionText:
    """The text of a question with its codes as single words, and what they mean in this chart."""
    whole = plain(question)
    asked: dict[str, tuple[str, str]] = {}

    def written(found: re.Match[str]) -> str:
        system, code = _system(found["system"]), found["code"]
        if system == "loinc":
            return _result(chart, code) or found.group()
        word = system + re.sub(r"[^a-z0-9]", "", code)
        asked[word] = (system, code.replace(".", "").upper())
        return word

    # A question mark alone may ask ("RR checked?"), so it is kept.
    mark = "?" if question.rstrip().endswith("?") else ""
    text = _CODE.sub(written, whole) + mark
    said = _with_codes(text)
    if not asked and not said:
        return QuestionText(text)
    codes = thing_codes(chart)
    meanings: dict[str, tuple[tuple[str, ...], ...]] = {
        words: tuple(_of_entries(frozenset({key}), codes) for key in keys)
        for words, keys in said.items()
    }
    meanings |= {word: (_coded_so(*code, codes),) for word, code in asked.items()}
    return QuestionText(text, meanings)


def _system(said: str) -> str:
    bare = re.sub(r"[- ]|ct$|cm$", "", said)
    return _SHORT.get(bare, bare)


def _result(chart: Chart, code: str) -> str | None:
    """This chart's name of the results with a LOINC code, or the concept's title."""
    codings = result_codings(chart)
    own: list[ResultName] = [
        name
        for name in result_names(chart)
        if any(c == code and (s or "").rstrip("/") == LOINC for s, c in codings[name.code_key])
    ]
    if own:
        return plain(own[0].display)
    concept = load().by_loinc.get(code)
    return load().by_key[concept].title.lower() if concept is not None else None


def _with_codes(text: str) -> dict[str, tuple[str, ...]]:
    """The names of the vocabulary in a text whose entries have codes, with their keys."""
    words = [word for word, _, _ in tokens(text)]
    found: dict[str, tuple[str, ...]] = {}
    for first in range(len(words)):
        for length in range(1, min(LONGEST, len(words) - first) + 1):
            said = " ".join(words[first : first + length])
            keys = tuple(entry.key for entry in entries_said(said) if entry.codes)
            if keys:
                found[said] = keys
    return found


def _coded_so(system: str, code: str, codes: tuple[ThingCode, ...]) -> tuple[str, ...]:
    """The chart's names of what carries a code, else of what the code is known to stand for."""
    is_icd = system.startswith("icd")
    exact = [
        c.display
        for c in codes
        if (name := system_name(c.system)) is not None
        and (name.startswith(system) if is_icd else name == system)
        and (c.plain.startswith(code) if is_icd else c.plain.lstrip("0") == code.lstrip("0"))
    ]
    if exact:
        return tuple(dict.fromkeys(exact))
    known = entries_coded(_FULL.get(system), code)
    return _of_entries(frozenset(known[:1]), codes)


def _of_entries(keys: frozenset[str], codes: tuple[ThingCode, ...]) -> tuple[str, ...]:
    """The chart's names in which one of these entries is found, or that carry a code of it."""
    found = (
        c.display
        for c in codes
        if keys & entries_in(c.display) or keys & set(entries_coded(c.system, c.code))
    )
    return tuple(dict.fromkeys(found))
