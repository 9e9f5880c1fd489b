"""Presidio runs offline and in silence, and each of its recognizers that we chose really finds."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from pipelines.privacy import engine
from pipelines.privacy.recognizers import patterns

CANARIES = [
    ("pattern: email address", "mail jane@clinic.example.org now"),
    ("pattern: ip address", "from 10.20.30.40 at night"),
    ("pattern: mac address", "adapter 00:1B:44:11:3A:B7 here"),
    ("pattern: uuid", "uuid 3f6fd0bb-6cd3-4b3f-9401-cd38ace25f2b here"),
    ("pattern: credit card", "card 4012888888881881 used"),
    ("pattern: iban code", "iban GB82WEST12345698765432 used"),
    ("pattern: us ssn", "ssn 536-90-4399 on file"),
    ("pattern: url", "see https://portal.example.org/p there"),
    ("pattern: date time", "date 2026-11-22 there"),
    ("pattern: us mbi", "medicare 1EG4-TE5-MK73 there"),
    ("pattern: us npi", "npi 1234567893 there"),
    ("pattern: phone number", "phone (617) 555-0134 there"),
    ("pattern: medical license", "dea license AB1234563 there"),
    ("pattern: us health insurance member id", "insurance member ABC123456789 there"),
    ("pattern: us prior authorization number", "prior authorization number PA-12345678 there"),
    ("pattern: us claim number", "claim number 2024123456 there"),
    ("pattern: us prescription number", "prescription number RX-1234567 there"),
    ("pattern: us referral number", "referral number REF-123456 there"),
    ("pattern: us provider tax id", "provider tax id 12-3456789 there"),
]


@pytest.mark.parametrize(
    ("reason", "text"), [pytest.param(*c, id=c[0][9:].replace(" ", "-")) for c in CANARIES]
)
def test_each_stock_recognizer_finds_its_canary(reason: str, text: str) -> None:
    assert reason in {hit.reason for hit in engine.find_stock(text)}


def test_there_is_a_canary_for_every_stock_recognizer() -> None:
    assert len(CANARIES) == len(patterns.recognizers())


def test_a_layer_of_ours_reaches_the_result_with_its_reason() -> None:
    reasons = {hit.reason for hit in engine.find("Dr. Ann Thistlewood called")}
    assert "rule: title before a name" in reasons


def test_presidio_writes_nothing_of_the_text_to_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    from pipelines.privacy import redactor

    redactor.redact("Dr. Ann Thistlewood, thistlewood@mail.example, 617-555-0134", None)
    assert "histlewood" not in caplog.text
    assert "0134" not in caplog.text


def test_importing_the_room_does_not_load_presidio() -> None:
    code = (
        "import sys; from pipelines.privacy import redactor, rescan;"
        "heavy = ('presidio_analyzer', 'presidio_anonymizer', 'spacy', 'markdown_it');"
        "print([name for name in heavy if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_the_engine_is_built_without_any_connection() -> None:
    code = (
        "import socket\n"
        "def refuse(*_): raise SystemExit('a connection was tried')\n"
        "socket.socket.connect = refuse\n"
        "socket.getaddrinfo = refuse\n"
        "from pipelines.privacy import redactor\n"
        "print(redactor.redact('mail a.b@mail.example.org, see www.example.org', None).text)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "mail [EMAIL], see [URL]"
