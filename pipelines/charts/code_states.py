"""What code states say of each other: whether they contradict, and what one says to a question.

A state is a word of `code_status.toml`; what it says of CPR, intubation and treatment stands
there. A state that says nothing of what is asked is silent, which is neither yes nor no: DNR
alone tells nothing of intubation. A state in words of its own contradicts every known one,
because nobody can say that it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.charts.consents import rules

CONCEPT = "code status: "


def contradict(states: Iterable[str]) -> bool:
    """Whether two states differ in what they say of CPR, intubation or treatment."""
    seen: dict[str, set[str]] = {}
    for state in states:
        for name, value in (_said(state) or {"words": state}).items():
            seen.setdefault(name, set()).add(value)
    unknown = seen.get("words", set())
    return any(len(values) > 1 for values in seen.values()) or bool(unknown and len(seen) > 1)


def verdict(states: Sequence[str], asked: Sequence[str]) -> bool | None:
    """Whether all of these states together are what is asked; None where that is not sure.

    They must not contradict each other, at least one must say so, and none may say otherwise.
    """
    if not asked or contradict(states):
        return None
    answers = {_answer(states, one) for one in asked}
    return answers.pop() if len(answers) == 1 else None


def alike(states: Iterable[str]) -> bool:
    """Whether none of these is a change from another: one state, or none that limits anything.

    DNI and then DNR/DNI contradict nothing and yet are a change; full code and "for
    resuscitation" are none.
    """
    told = set(states)
    return len(told) < 2 or all((_said(state) or {}).get("cpr") == "yes" for state in told)


def concept_of(state: str) -> str:
    """The state as the concept of a cited fact."""
    return f"{CONCEPT}{state}"


def state_of(concept: str | None) -> str | None:
    """The state that a cited fact was read as."""
    return concept.removeprefix(CONCEPT) if concept and concept.startswith(CONCEPT) else None


def worded(said: str) -> str | None:
    """The state that a record's own words say, None for words that no list knows."""
    found = rules()["words"].get(said.strip().lower())
    return None if found is None else str(found)


def has_ended() -> frozenset[str]:
    """Status values of a record that once held and no longer does."""
    return frozenset(rules()["in_force"]["ended"])


def is_known(state: str) -> bool:
    """Whether it is a state of the list and not words of the record's own."""
    return state in rules()["states"]


def _answer(states: Sequence[str], asked: str) -> bool | None:
    told = {_says(state, asked) for state in states} - {None}
    return told.pop() if len(told) == 1 else None


def _says(state: str, asked: str) -> bool | None:
    """Yes where the state says all that is asked, no where it says otherwise of any of it."""
    own, wanted = _said(state) or {}, _said(asked) or {}
    if any(own.get(name, value) != value for name, value in wanted.items()):
        return False
    return True if wanted and wanted.keys() <= own.keys() else None


def _said(state: str) -> dict[str, str] | None:
    """What a known state says, None for one in words of its own."""
    known = rules()["states"].get(state)
    return None if known is None else {n: str(v) for n, v in known.items() if n != "label"}
