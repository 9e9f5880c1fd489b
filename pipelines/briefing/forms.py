"""A briefing in the order of a hand-over form: pre-round, I-PASS, SBAR.

Promises: each judged line of the briefing stands in the form, word for word, with its citations,
and in no part twice; a line of a section may stand among the first lines of another part too.
Nothing is added: a part without a line says "not documented", and a part that a person must fill
is left to that person. Which section goes where is `forms.toml`, which a clinician can change.
Unverified sentences are not part of any form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pipelines.errors import ChartroomError
from pipelines.records.answers import Briefing, Statement
from pipelines.records.handover import FilledForm, FormGroup, FormPart

RULES = Path(__file__).with_name("forms.toml")
FIRST, NARRATIVE = "First", "Narrative"
BY_A_MODEL = "Narrative by a model, each sentence found in the record"
NOT_DOCUMENTED = "not documented"
PRE_ROUND = "pre-round"
SUMMARY, SUMMARY_TITLE = "summary", "Chart summary"


@dataclass(frozen=True, slots=True)
class PartRule:
    """What one part of a form takes: sections by name, the rest, or what a person writes."""

    title: str
    code: str | None
    sections: tuple[str, ...]
    rest: bool
    human: bool
    missing: str


@dataclass(frozen=True, slots=True)
class FormRule:
    """One form: its title, where its parts come from, and the parts in order."""

    title: str
    source: str
    parts: tuple[PartRule, ...]


def keys() -> tuple[str, ...]:
    """The forms that there are, in order."""
    return tuple(rules())


def fill(briefing: Briefing, key: str) -> FilledForm:
    """The briefing's verified statements in the order of this form.

    The chart summary has an order of its own, that of its sections: `SUMMARY` keeps it.
    """
    if key == SUMMARY:
        return _in_its_own_order(briefing)
    if key not in rules():
        raise ChartroomError(f"The form must be one of {', '.join(rules())}.")
    rule, sections = rules()[key], _sections(briefing)
    named = {name for part in rule.parts for name in part.sections}
    others = [name for name in sections if name not in named]
    empty = {part.name: part.empty for part in briefing.sections if not part.lines}
    parts = []
    for part in rule.parts:
        made, names = _part(part, sections, others if part.rest else [])
        unsaid = tuple(f"{name}: {empty[name]}" for name in names if empty.get(name))
        parts.append(replace(made, unsaid=unsaid))
    return FilledForm(key, rule.title, tuple(parts))


def _in_its_own_order(briefing: Briefing) -> FilledForm:
    """The first lines, then each section as a part of its own, or why it has no line."""
    sections = _sections(briefing)
    top = PartRule(FIRST, None, (NARRATIVE, FIRST), rest=False, human=False, missing="")
    parts = [_part(top, sections, [])[0]]
    for section in briefing.sections:
        lines = sections[section.name]
        groups = (FormGroup(section.name, lines),) if lines else ()
        missing = None if lines else section.empty or NOT_DOCUMENTED
        parts.append(FormPart(section.name, None, groups, missing))
    return FilledForm(SUMMARY, SUMMARY_TITLE, tuple(parts))


def _part(
    rule: PartRule, sections: Mapping[str, tuple[Statement, ...]], others: list[str]
) -> tuple[FormPart, list[str]]:
    """The part with its statements, and the sections that it takes."""
    names = [name for name in (*rule.sections, *others) if name in sections]
    groups, told = [], set[Statement]()
    for name in names:
        if name == NARRATIVE:  # a model's sentence takes the place of no line
            groups += [FormGroup(BY_A_MODEL, sections[name])] if sections[name] else []
        elif fresh := tuple(item for item in sections[name] if item not in told):
            groups.append(FormGroup(name, fresh))
            told.update(fresh)
    missing = None if groups else rule.missing or NOT_DOCUMENTED
    return FormPart(rule.title, rule.code, tuple(groups), missing, rule.human), names


def _sections(briefing: Briefing) -> dict[str, tuple[Statement, ...]]:
    told = briefing.narrative.statements if briefing.narrative else ()
    found = {NARRATIVE: told, FIRST: briefing.summary}
    found |= {section.name: section.lines for section in briefing.sections}
    return {
        name: tuple(item for item in items if item.support != "unverified")
        for name, items in found.items()
    }


@lru_cache(maxsize=1)
def rules() -> Mapping[str, FormRule]:
    """The forms of `forms.toml`, by key."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    return {key: _form(form) for key, form in table.items()}


def _form(form: Mapping[str, object]) -> FormRule:
    parts = form["parts"]
    listed = parts if isinstance(parts, list) else []
    return FormRule(str(form["title"]), str(form["source"]), tuple(map(_rule, listed)))


def _rule(part: Mapping[str, object]) -> PartRule:
    sections = part.get("sections", [])
    return PartRule(
        title=str(part["title"]),
        code=str(part["code"]) if "code" in part else None,
        sections=tuple(map(str, sections)) if isinstance(sections, list) else (),
        rest=bool(part.get("rest", False)),
        human=bool(part.get("human", False)),
        missing=str(part.get("missing", "")),
    )
