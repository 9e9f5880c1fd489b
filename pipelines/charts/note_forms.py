"""What form a document's content has: by its first bytes where these are plain, else by its name.

Systems send RTF and PDF under the name of text, so a signature counts more than a content type.
A form that is not read (a picture, a word processor's file) is named in the reason for it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

HTML = frozenset({"text/html", "application/xhtml+xml", "application/xhtml"})
PLAIN = frozenset({"text/plain", "text/markdown", "text/x-markdown", "text/csv", "text"})
RTF = frozenset({"text/rtf", "application/rtf", "application/x-rtf", "text/richtext"})
PDF = frozenset({"application/pdf", "application/x-pdf", "text/pdf"})
XML = frozenset({"text/xml", "application/xml", "application/hl7-cda+xml", "application/cda+xml"})

SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "pdf", "application/pdf"),
    (rb"{\rtf", "rtf", "text/rtf"),
    (b"\x89PNG\r\n", "other", "image/png"),
    (b"\xff\xd8\xff", "other", "image/jpeg"),
    (b"GIF8", "other", "image/gif"),
    (b"II*\x00", "other", "image/tiff"),
    (b"MM\x00*", "other", "image/tiff"),
    (b"PK\x03\x04", "other", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "other", "application/msword"),
)
PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html[\s>])", re.I)
DOCUMENT = re.compile(
    rb"\s*(?:<\?xml\b[^>]{0,200}\?>\s*)?(?:<!--[^>]{0,500}-->\s*)*<(\w+:)?ClinicalDoc"
)
TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+_-]{1,80}", re.ASCII)


class Form(NamedTuple):
    """`kind` is plain, html, rtf, xml, pdf or other; `content_type` as named, or as found."""

    kind: str
    content_type: str


RANK = {"plain": 0, "html": 1, "xml": 2, "rtf": 3, "pdf": 4, "other": 5}
"""Of one document in several forms, the one that loses least on its way to text is read."""


def form_of(named: object, content: bytes) -> Form:
    """The form of an attachment by its content and the content type it is given."""
    declared = str(named or "").split(";")[0].strip().lower()
    written = declared if TYPE.fullmatch(declared) else ""
    head = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, kind, usual in SIGNATURES:
        if head.startswith(signature):
            fits = written.startswith(usual.split("/")[0]) or kind != "other"
            return Form(kind, written if fits and written else usual)
    if declared in XML or declared.endswith("cda+xml") or DOCUMENT.match(head):
        return Form("xml", written or "text/xml")
    if declared in HTML or ((not declared or declared in PLAIN) and PAGE.match(head)):
        return Form("html", written or "text/html")
    return Form(_declared(declared), written or "text/plain")


def _declared(declared: str) -> str:
    if declared in RTF:
        return "rtf"
    if declared in PDF:
        return "pdf"
    # Whatever else calls itself text is read as such.
    return "plain" if not declared or declared in PLAIN or declared[:5] == "text/" else "other"


def not_read(content_type: str) -> str:
    """Why a form that is not read gives no text."""
    if content_type.startswith("image/"):
        return f"It is an image ({content_type}), which is not read."
    return f"It is of a type that is not read ({content_type})."
