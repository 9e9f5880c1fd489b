"""An export's Markdown before redaction: what was asked, what was answered, on which words.

Names, record numbers and resource ids may stand in it here; the redaction takes them out. The
ledger's head stands in every export, because a chain alone cannot show a cut tail.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.records.answers import Answer, Briefing, Citation, Statement
from pipelines.records.exports import ExportDocument

DRAFT = "Draft, not signed. Redaction is an aid, not a determination (45 CFR 164.514(b))."
MARKDOWN_SIGNS = str.maketrans({sign: "\\" + sign for sign in "\\`*[]<>|"})


def answers_document(answers: tuple[Answer, ...], head: str) -> ExportDocument:
    """One answer, or a conversation in order."""
    title = "Chart answer" if len(answers) == 1 else "Chart conversation"
    parts = [f"# {title}", DRAFT]
    for answer in answers:
        parts += _answer_parts(answer)
    return ExportDocument(title, "\n\n".join([*parts, _footer(head)]) + "\n")


def briefing_document(
    briefing: Briefing, head: str, title: str = "Pre-round briefing"
) -> ExportDocument:
    """A briefing, section by section, each line with its source."""
    window = f"Window {briefing.window_from} to {briefing.window_to}."
    parts = [f"# {title}", DRAFT, window]
    if briefing.incomplete:
        parts.append(f"Incomplete: {briefing.incomplete}.")
    if briefing.summary:
        parts += ["## Summary", _lines(briefing.summary)]
    for section in briefing.sections:
        body = _lines(section.lines) if section.lines else f"({section.empty})"
        parts += [f"## {section.name}", body]
    return ExportDocument(title, "\n\n".join([*parts, _footer(head)]) + "\n")


def _answer_parts(answer: Answer) -> list[str]:
    parts = [
        f"## Question\n\n{plain(answer.question)}",
        f"Answer ({answer.status}): {plain(answer.answer)}",
    ]
    if answer.incomplete:
        parts.append(f"Incomplete: {answer.incomplete}.")
    if answer.notice:
        parts.append(f"Notice: {plain(answer.notice)}")
    shown = [item for item in answer.statements if item.support != "unverified"]
    sources = _sources(citation for item in shown for citation in item.citations)
    if sources:
        parts.append("### Sources\n\n" + "\n".join(sources))
    elif answer.searched:
        parts.append("### Searched\n\n" + "\n".join(f"- {plain(item)}" for item in answer.searched))
    made_by = answer.engine if answer.model is None else f"{answer.engine}, {answer.model}"
    parts.append(f"As of {answer.as_of}; engine: {plain(made_by)}.")
    return parts


def _lines(statements: tuple[Statement, ...]) -> str:
    shown = [item for item in statements if item.support != "unverified"]
    return "\n".join(f"- {plain(item.text)}{_where(item)}" for item in shown)


def _where(statement: Statement) -> str:
    if not statement.citations:
        return ""
    first = statement.citations[0]
    more = len(statement.citations) - 1
    return f" ({plain(first.title)}, {first.date or 'no date'}{f', +{more} more' if more else ''})"


def _sources(citations: Iterable[Citation]) -> list[str]:
    listed: dict[int, str] = {}
    for item in citations:
        dated = item.date or "no date"
        listed.setdefault(
            item.n, f"- \\[{item.n}\\] {plain(item.title)}, {dated}: “{plain(item.quote)}”"
        )
    return [listed[number] for number in sorted(listed)]


def _footer(head: str) -> str:
    return f"---\n\nLedger head: {head}"


def plain(text: str) -> str:
    """Chart text as Markdown that renders as itself: no link, image, HTML or heading."""
    return " ".join(text.split()).translate(MARKDOWN_SIGNS)
