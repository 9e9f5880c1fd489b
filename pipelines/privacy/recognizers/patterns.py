"""The stock patterns of Presidio that are worth their false hits, and how their results are read.

Curated by class; what is left out either fires on clinical text (bank, passport and driver-licence
patterns) or sends text away (the cloud recognizers, which are never registered). A result below the
threshold is nonsense (a driver licence in "O2"). Some clinical numbers look like dates or phone
numbers to a stock pattern: `plausible` lets those stay.
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.privacy.hits import Hit
from pipelines.privacy.recognizers import guard
from pipelines.privacy.replacements import class_of_stock, classes

THRESHOLD = 0.4
_STOCK_NAMES = (
    "EmailRecognizer", "IpRecognizer", "MacAddressRecognizer", "UuidRecognizer",
    "CreditCardRecognizer", "IbanRecognizer", "UsSsnRecognizer", "UrlRecognizer",
    "DateRecognizer", "UsMbiRecognizer", "UsNpiRecognizer", "MedicalLicenseRecognizer",
    "UsHealthInsuranceMemberIdRecognizer", "UsPriorAuthorizationNumberRecognizer",
    "UsClaimNumberRecognizer", "UsPrescriptionNumberRecognizer", "UsReferralNumberRecognizer",
    "UsProviderTaxIdRecognizer",
)  # fmt: skip
_PLAIN_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d+)?(?:\s*-\s*\d{1,3}(?:[.,]\d+)?)?")
NUMBERS = {"PHONE_NUMBER", "DATE_TIME", "UNIQUE_ID", "ACCOUNT_NUMBER", "US_SSN", "LICENSE_NUMBER",
           "HEALTH_PLAN_NUMBER"}  # fmt: skip


def recognizers() -> list[Any]:
    """New instances of the stock recognizers, the phone one for American numbers."""
    from presidio_analyzer import predefined_recognizers as stock

    chosen = [getattr(stock, name)() for name in _STOCK_NAMES]
    return [*chosen, stock.PhoneRecognizer(supported_regions=("US",), leniency=1)]


def as_hit(result: Any) -> Hit:  # noqa: ANN401 - Presidio ships no types
    """A result of Presidio as a hit with its reason in words."""
    explained = result.analysis_explanation
    own = explained.textual_explanation if explained else None
    if own and own.startswith(("rule: ", "chart: ")):
        return Hit(result.start, result.end, result.entity_type, own, round(result.score, 2))
    kind = class_of_stock(result.entity_type)
    name = result.entity_type.lower().replace("_", " ")
    # A stock pattern never outranks a rule or the chart, whatever its context words added.
    return Hit(result.start, result.end, kind, f"pattern: {name}", min(round(result.score, 2), 0.6))


def plausible(hit: Hit, text: str) -> bool:
    """False for a stock hit that is a measured value, a code of a vocabulary or a bare word."""
    if hit.reason.startswith(("chart: ", "rule: ")):
        return hit.type in classes()
    written = text[hit.start : hit.end]
    if hit.type == "URL":
        return guard.looks_like_address(written)
    if hit.type in NUMBERS:
        if _PLAIN_NUMBER.fullmatch(written):
            return False
        return not guard.is_clinical_number(text, hit.start, hit.end)
    return True
