"""Whether a question wants a time, by its words.

In: the text of a question. Out: yes or no, the words for it taken out. "The first time it was
above 5" wants a time; "for the first time" says which result is meant and wants none.
"""

from __future__ import annotations

import re

from pipelines.answers.question.scope import positions
from pipelines.answers.question.text import QuestionText, any_of, listed

_OCCASION = re.compile(
    r"(?:so |can you |could you |please )*(?:what|tell|know|give|show|is|was)\b[^,]*?"
    r"\b(?:first|last|latest|earliest|second|third|final|penultimate|most recent)\s+(?:\w+\s+)?"
    r"(?:time|instance|occasion|occurrence|date|moment)\b"
    r"|^(?:the )?(?:first|last|final|latest|earliest|most recent) time\b"
)


def take_when(text: QuestionText) -> bool:
    """Whether a time is asked for; the words for it are taken out.

    "For the first time" says which result, not that its time is wanted.
    """
    if text.take(listed("when")) is not None:
        return True
    which = re.search(rf"for the {any_of(tuple(positions()))} time", text.whole)
    return which is None and _OCCASION.match(text.whole) is not None
