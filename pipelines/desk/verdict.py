"""What is said of a whole answer, in the same words on the page and in a terminal.

"Verified" is a word about agreement: the sentence says what the record says that it cites. The
record may be wrong, and `MEANS` says so wherever the word is explained.
"""

from __future__ import annotations

from pipelines.records.answers import Answer

MEANS = "Verified means: agrees with the cited text. It does not mean: true."
OFFER = "The embedded reader finds an answer to this question in the chart."
DIGEST_SHOWN = 12
SIGNS = {"answered": "✓", "abstained": "○", "failed": "✕"}


def said(answer: Answer) -> str:
    """How much of the answer is verified, or that there is none."""
    if answer.status == "abstained" and answer.stopped:
        return f"{SIGNS[answer.status]} STOPPED before a sentence was verified"
    if answer.status == "abstained":
        return f"{SIGNS[answer.status]} NOT ANSWERED from this chart"
    if answer.status == "failed":
        return f"{SIGNS[answer.status]} FAILED"
    stated, computed = len(answer.statements), counted(answer, "computed")
    arithmetic = f", {computed} by arithmetic" if computed else ""
    verified = stated - counted(answer, "unverified")
    noun = "statement" if stated == 1 else "statements"
    return f"{SIGNS[answer.status]} {verified} of {stated} {noun} verified{arithmetic}"


def counted(answer: Answer, support: str) -> int:
    """How many of its statements have this verdict."""
    return sum(item.support == support for item in answer.statements)


def writer(answer: Answer) -> str:
    """Who wrote it: the embedded engine, or the model by name and digest."""
    if not answer.model:
        return f"{answer.engine} engine"
    digest = (answer.model_digest or "").removeprefix("sha256:")[:DIGEST_SHOWN]
    return f"{answer.engine} · {answer.model}" + (f" @{digest}" if digest else "")
