"""RTF and PDF as text. Runs in the process that `note_apart` starts, never in the loader's own.

Headers, footers, pictures and field codes of RTF are left out. A PDF is read page by page; one
that is encrypted or broken, or that holds pictures of pages, gives no text but a reason. Pages
without text among others are named, so that half a document is not taken for all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.charts.note_words import Words, unread

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MOST_PAGES = 2000
MOST_CHARACTERS = 2_000_000
# A picture's bytes in hexadecimal: nothing of the text, and most of many a file.
PICTURE = re.compile(rb"[0-9a-fA-F\r\n]{400,}")
CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
NAMED_PAGES = 10
TOO_LONG = f"Its text is longer than {MOST_CHARACTERS:,} characters."
BROKEN_PDF = "It is a PDF that is broken."
PASSWORD = 4  # FPDF_ERR_PASSWORD of PDFium's fpdfview.h


def rtf_words(content: bytes) -> Words:
    """The text of RTF."""
    from striprtf.striprtf import rtf_to_text

    try:
        plain = _rtf_characters(PICTURE.sub(b"", content))
        said: str = rtf_to_text(plain, errors="replace")  # type: ignore[no-untyped-call]  # none
    except (ValueError, TypeError, LookupError, OverflowError):
        return unread("It is RTF that is broken.")
    # RTF writes characters beyond U+FFFF as two halves.
    said = said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _words([said], "It is RTF without text.")


def _rtf_characters(content: bytes) -> str:
    """RTF is ASCII; bytes beyond it are UTF-8 where they can be, else of its code page."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        page = CODE_PAGE.search(content)
        try:
            return content.decode(f"cp{int(page[1])}" if page else "cp1252", "replace")
        except LookupError:
            return content.decode("cp1252", "replace")


def pdf_words(content: bytes) -> Words:
    """The text of a PDF, page by page."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == PASSWORD
        return unread("It is an encrypted PDF." if is_locked else BROKEN_PDF)
    if not len(document):
        return unread(BROKEN_PDF)
    if len(document) > MOST_PAGES:
        return unread(f"It is a PDF of more than {MOST_PAGES:,} pages.")
    pages: list[str] = []
    length = 0
    for said in _pages(document):
        pages.append(said)
        length += len(said)
        if length > MOST_CHARACTERS:
            return unread(TOO_LONG)
    read = _words(pages, "It is a PDF without text: pictures of pages, or nothing at all.")
    silent = [number for number, said in enumerate(pages, 1) if not said.strip()]
    return read._replace(unread=_silent_pages(silent)) if read.text and silent else read


def _pages(document: PdfDocument) -> Iterator[str]:
    import pypdfium2

    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
            yield str(text.get_text_bounded())
            text.close()
            page.close()
        except pypdfium2.PdfiumError:  # this page alone cannot be read
            yield ""


def _silent_pages(numbers: list[int]) -> str:
    named = ", ".join(str(number) for number in numbers[:NAMED_PAGES])
    more = f" and {len(numbers) - NAMED_PAGES} more" if len(numbers) > NAMED_PAGES else ""
    return f"No text on page {named}{more} of its PDF."


def _words(pages: list[str], reason: str) -> Words:
    """Pages as one text: lines without blanks at their ends, no more than one line empty."""
    tidied = (_tidy(page) for page in pages)
    said = "\n\n".join(page for page in tidied if page)
    if len(said) > MOST_CHARACTERS:
        return unread(TOO_LONG)
    return Words(said) if said else unread(reason)


def _tidy(said: str) -> str:
    # PDFium marks a hyphen at a line's end by one of two characters that no text holds.
    plain = said.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-")
    plain = CONTROLS.sub("", plain.replace("\x02", "-").replace("\x0c", "\n"))
    lines = "\n".join(line.rstrip() for line in plain.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
