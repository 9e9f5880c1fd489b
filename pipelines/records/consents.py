"""What the patient agreed to or forbade, what staff must know at once, and the code status."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment

# Kinds under which statements of the code status are cited: what holds, what was replaced by a
# newer one, and what the record itself calls ended or not begun.
CODE_STATUS = "code status"
REPLACED_CODE_STATUS = "replaced code status"
ENDED_CODE_STATUS = "code status not in force"
CODE_STATUS_KINDS = (CODE_STATUS, REPLACED_CODE_STATUS, ENDED_CODE_STATUS)


@dataclass(frozen=True, slots=True)
class Flag:
    """A warning on a chart; whether it is in force stands in the fact's status and the end."""

    fact: Fact
    categories: tuple[str, ...]
    start: Moment | None
    end: Moment | None
    author: str | None


@dataclass(frozen=True, slots=True)
class Consent:
    """One provision of a consent or directive; `fact.part` 0 is the outer one.

    `provision_type` (permit, deny) is the record's; None means that it states none.
    """

    fact: Fact
    scope_key: str | None
    scope: str | None
    category_keys: tuple[str, ...]
    categories: tuple[str, ...]
    performers: tuple[str, ...]
    policy: str | None
    provision_type: str | None
    provision_keys: tuple[str, ...]
    provisions: tuple[str, ...]
    start: Moment | None
    end: Moment | None
    source: str | None


@dataclass(frozen=True, slots=True)
class CodeStatement:
    """One place of the chart that states a code status (`state`, a word of `code_status.toml`).

    `source` is observation, order, flag, consent, condition or procedure. `is_in_force` is
    False where the record itself says that it no longer holds: ended, revoked, inactive.
    `wording` is what the record says in its own words.
    """

    fact: Fact
    state: str
    source: str
    is_in_force: bool
    wording: str = ""
    ended: Moment | None = None


@dataclass(frozen=True, slots=True)
class CodeStatus:
    """The code status of a chart in one of five states that are never mixed up.

    `recorded`: all that holds agrees, `label` says what. `conflict`: what holds contradicts
    itself; nothing is chosen and `current` shows each. `no longer in force`: the chart has only
    statements that have ended, in `earlier`. `not recorded`: the chart says nothing, which is
    no full code. `unavailable`: it says nothing, but entries that may say it were refused
    (`refused` counts them, in every state).
    """

    state: str
    label: str | None
    current: tuple[CodeStatement, ...]
    earlier: tuple[CodeStatement, ...]
    refused: int
