"""The search in notes of one question: by words, and by meaning where a model of vectors is set.

Promises: without EMBED_MODEL no server is asked. With it, the question's vector is made at the
first search and only then, within `QUESTION_SECONDS`, by `embed`'s door (allowed hosts alone);
whatever goes wrong there, the search by words goes on and `searched` says why there was no other.
What only meaning found is marked as such: the embedded writer makes no answer of it, because
nearness of vectors is no statement, but names the nearest; a model may read it, and is judged.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.evidence.items import NEAR, numbered, passage_item
from pipelines.answers.passage_store import QuestionVector, search_notes
from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.charts import passage_groups, vectors
from pipelines.errors import ModelUnavailable
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Passage
from pipelines.settings import Settings

QUESTION_SECONDS = 5.0
MOST_NEAR = 4
SEARCHED = "notes by meaning, nearest by {model}"
NOT_SEARCHED = "notes by words only, not by meaning: {why}"
NEAREST = "Nearest in meaning, which may say something else: \u201c{said}\u201d ({where})."


class NoteFinder:
    """Finds passages for one question, and remembers how."""

    def __init__(self, question: str, settings: Settings) -> None:
        self._question = question
        self._settings = settings
        self._asked: QuestionVector | None = None
        self._near: tuple[Passage, ...] = ()
        self._said: str | None = None

    def search(
        self, chart: Chart, groups: passage_groups.Groups, limit: int
    ) -> tuple[Passage, ...]:
        """The best passages of this chart, as `NoteSearch` wants them."""
        if self._settings.embed_model and self._said is None:
            self._ask(chart)
        return search_notes(chart, groups, limit, self._asked)

    def completed(self, found: EvidenceSet) -> EvidenceSet:
        """What was gathered, with what was searched and what only meaning found."""
        if self._said is None:
            return found
        said = replace(found, searched=(*found.searched, self._said))
        if found.items or not self._near:
            return said
        best = self._near[0]
        day = f", {best.when.day}" if best.when is not None else ""
        nearest = NEAREST.format(said=" ".join(best.text.split()), where=f"{best.title}{day}")
        return replace(
            said,
            items=numbered([near_item(passage) for passage in self._near]),
            nearest=f"{found.nearest} {nearest}".strip(),
        )

    def _ask(self, chart: Chart) -> None:
        from pipelines.answers import embed

        settings = replace(
            self._settings,
            model_timeout_s=min(self._settings.model_timeout_s, QUESTION_SECONDS),
        )
        try:
            model = embed.model(settings)
            digest = model.digest or model.name
            if not vectors.has_any(chart, digest):
                self._said = NOT_SEARCHED.format(why="this chart has no vectors of the model yet")
                return
            (vector,) = embed.embed([self._question], settings)
        except ModelUnavailable as fault:
            self._said = NOT_SEARCHED.format(why=fault.user_message.removesuffix("."))
            return
        self._asked = QuestionVector(tuple(vector), digest)
        self._said = SEARCHED.format(model=self._settings.embed_model)
        near = vectors.nearest(chart, vector, digest, MOST_NEAR)
        self._near = tuple(p for p in near if is_fit(p.text))


def is_fit(text: str) -> bool:
    """Whether a sentence may be shown that nobody asked for by its words."""
    return not (reads_like_instruction(text) or holds_markup(text))


def near_item(passage: Passage) -> Evidence:
    """A sentence that only meaning found, as an item that says so."""
    return replace(passage_item(passage), kind=NEAR)
