"""The last line of an answer: how much is verified, as of when, who wrote it, its log number.

Words and signs, never colour alone. A press on the count says what "verified" means.
"""

from __future__ import annotations

from components import times
from components.safe_text import markup
from pipelines.desk import verdict
from pipelines.records.answers import Answer


def badge(answer: Answer) -> str:
    """The line, as fixed markup around escaped words."""
    parts = [_count(answer)]
    if unverified := verdict.counted(answer, "unverified"):
        parts.append(markup('<span class="bad">? {n} not verified</span>', n=unverified))
    if answer.incomplete:
        parts.append(markup('<span class="bad">⚠ incomplete: {what}</span>',
                            what=answer.incomplete))  # fmt: skip
    parts.append(
        markup(
            "<span>{writer} · as of {as_of} · log {log}</span>",
            writer=verdict.writer(answer),
            as_of=times.written_clock(answer.as_of),
            log=answer.log_id[:8],
        )
    )
    return f'<div class="cr-verdict">{"".join(parts)}</div>'


def _count(answer: Answer) -> str:
    if answer.status != "answered":
        return markup('<span class="bad">{said}</span>', said=verdict.said(answer))
    return markup(
        '<details><summary class="ok" title="{means}">{said}</summary>{means}</details>',
        said=verdict.said(answer),
        means=verdict.MEANS,
    )
