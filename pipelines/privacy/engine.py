"""Presidio, set up so that it can neither download nor log: built once, when first needed.

The NLP engine is a blank English spaCy pipeline (tokens for context words, no model), the suffix
list of the URL recognizer comes with the package, and Presidio's loggers are silent because they
would write what they see. The chart layer is handed in for one call and never kept by the engine.
A recognizer that fails raises: there is no redaction with a layer missing.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from pipelines.privacy.hits import Hit
from pipelines.privacy.recognizers import patterns, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from presidio_analyzer import AnalyzerEngine, EntityRecognizer
    from presidio_anonymizer import AnonymizerEngine

LANGUAGE = "en"
_BUILDING = Lock()


def find(text: str, chart: Callable[[str], Iterable[Hit]] | None = None) -> list[Hit]:
    """Every hit of every layer in a reading; `chart` is the chart layer of one patient."""
    own = [_recognizer("RuleRecognizer", rules.find)]
    if chart is not None:
        own.append(_recognizer("ChartRecognizer", chart))
    return _analyzed(text, own)


def find_stock(text: str) -> list[Hit]:
    """The hits of Presidio's stock patterns alone."""
    return _analyzed(text, [])


def _analyzed(text: str, layers: list[EntityRecognizer]) -> list[Hit]:
    if not text.strip():
        return []
    with _BUILDING:
        engine = _analyzer()
    results = engine.analyze(
        text, LANGUAGE, ad_hoc_recognizers=layers, return_decision_process=True
    )
    found = [patterns.as_hit(result) for result in results]
    return [hit for hit in found if patterns.plausible(hit, text)]


def anonymizer() -> AnonymizerEngine:
    """Presidio's anonymizer, built once."""
    with _BUILDING:
        return _anonymizer()


@lru_cache(maxsize=1)
def _anonymizer() -> AnonymizerEngine:
    _silence()
    from presidio_anonymizer import AnonymizerEngine

    return AnonymizerEngine()  # type: ignore[no-untyped-call]


def _silence() -> None:
    for name in (
        "presidio-analyzer",
        "presidio_analyzer",
        "presidio-anonymizer",
        "decision_process",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@lru_cache(maxsize=1)
def _analyzer() -> AnalyzerEngine:
    _silence()
    import tldextract.tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.tldextract.TLD_EXTRACTOR = offline
    registry = RecognizerRegistry(
        recognizers=patterns.recognizers(), supported_languages=[LANGUAGE]
    )
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=_blank_english(),
        supported_languages=[LANGUAGE],
        default_score_threshold=patterns.THRESHOLD,
    )


def _blank_english() -> Any:  # noqa: ANN401 - Presidio ships no types
    import spacy
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from spacy.language import Language
    from spacy.tokens import Doc

    @Language.component("words_as_written")
    def words_as_written(doc: Doc) -> Doc:
        """Without lemmas Presidio's context words never match; the words as written will do."""
        for word in doc:
            word.lemma_ = word.lower_
        return doc

    class BlankEnglish(SpacyNlpEngine):
        """Words without a model: nothing to download, context words still work."""

        def load(self) -> None:
            blank = spacy.blank(LANGUAGE)
            blank.add_pipe("words_as_written")
            self.nlp = {LANGUAGE: blank}  # type: ignore[assignment]

    return BlankEnglish(models=[{"lang_code": LANGUAGE, "model_name": "blank"}])


def _recognizer(name: str, find_hits: Callable[[str], Iterable[Hit]]) -> EntityRecognizer:
    """One of our layers as Presidio wants it; metadata is left unset or every hit would be lost."""
    from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

    from pipelines.privacy.replacements import classes

    class Layer(EntityRecognizer):
        """Hits of a plain function, each with its reason."""

        def load(self) -> None:
            """Nothing to load."""

        def analyze(self, text: str, entities: object, nlp_artifacts: object = None) -> list[Any]:  # noqa: ARG002
            """The hits as Presidio's results."""
            return [
                RecognizerResult(
                    entity_type=hit.type,
                    start=hit.start,
                    end=hit.end,
                    score=hit.score,
                    analysis_explanation=AnalysisExplanation(
                        recognizer=name, original_score=hit.score, textual_explanation=hit.reason
                    ),
                )
                for hit in find_hits(text)
            ]

    return Layer(supported_entities=list(classes()), name=name, supported_language=LANGUAGE)
