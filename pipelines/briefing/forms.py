"""A briefing in the order of a hand-over form: pre-round, I-PASS, SBAR.

Promises: each judged line of the briefing stands in the form once, word for word, with its
citations. A line that stands among the first is not told again in its section, which says how many
of its lines stand above; only the chart summary keeps its sections whole. Nothing is added: a part
without a line says "not documented", and a part that a person must fill is left to that person.
Only a model's narrative tells lines a second time. Which section goes where is `forms.toml`, which
a clinician can change. Unverified sentences are not part of any form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.errors import ChartroomError
from pipelines.records.answers import Briefing, Statement
from pipelines.records.handover import FilledForm, FormGroup, FormPart
from pipelines.terms import site

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
    parts, told = [], set[Statement]()
    for part in rule.parts:
        made, names = _part(part, sections, others if part.rest else [], told)
        unsaid = tuple(f"{name}: {empty[name]}" for name in names if empty.get(name))
        parts.append(replace(made, unsaid=(*unsaid, *made.unsaid)))
    return FilledForm(key, rule.title, tuple(parts))


def _in_its_own_order(briefing: Briefing) -> FilledForm:
    """The first lines, then each section whole, as a part of its own, or why it has no line.

    The first lines are a digest of it: a problem keeps its onset though it stands there too.
    """
    sections = _sections(briefing)
    top = PartRule(FIRST, None, (NARRATIVE, FIRST), rest=False, human=False, missing="")
    parts = [_part(top, sections, [], set())[0]]
    for section in briefing.sections:
        rule = PartRule(section.name, None, (section.name,), False, False, section.empty or "")
        parts.append(_part(rule, sections, [], set())[0])
    return FilledForm(SUMMARY, SUMMARY_TITLE, tuple(parts))


def _part(
    rule: PartRule,
    sections: Mapping[str, tuple[Statement, ...]],
    others: list[str],
    told: set[Statement],
) -> tuple[FormPart, list[str]]:
    """The part with its statements, and the sections that it takes; `told` grows by its lines."""
    names = [name for name in (*rule.sections, *others) if name in sections]
    groups, above = [], []
    for name in names:
        if name == NARRATIVE:  # a model's sentence takes the place of no line
            groups += [FormGroup(BY_A_MODEL, sections[name])] if sections[name] else []
            continue
        fresh = tuple(item for item in dict.fromkeys(sections[name]) if item not in told)
        again = len(set(sections[name])) - len(fresh)
        if fresh:
            groups.append(FormGroup(name, fresh, again))
        elif again:
            above.append(f"{name}: {again} {'line stands' if again == 1 else 'lines stand'} above")
        told.update(fresh)
    missing = None if groups or above else rule.missing or NOT_DOCUMENTED
    made = FormPart(rule.title, rule.code, tuple(groups), missing, rule.human, tuple(above))
    return made, names


def _sections(briefing: Briefing) -> dict[str, tuple[Statement, ...]]:
    told = briefing.narrative.statements if briefing.narrative else ()
    found = {NARRATIVE: told, FIRST: briefing.summary}
    found |= {section.name: section.lines for section in briefing.sections}
    return {
        name: tuple(item for item in items if item.support != "unverified")
        for name, items in found.items()
    }


@site.remembered()
def rules() -> Mapping[str, FormRule]:
    """The forms of `forms.toml`, by key."""
    with site.shaped(RULES.name):
        return {key: _form(form) for key, form in site.table(RULES).items()}


def _form(form: Mapping[str, object]) -> FormRule:
    parts = form["parts"]
    listed = tuple(map(_rule, parts)) if isinstance(parts, list) else ()
    if sum(part.rest for part in listed) != 1:
        raise ValueError  # a form without a place for every section would lose lines
    return FormRule(str(form["title"]), str(form["source"]), listed)


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
