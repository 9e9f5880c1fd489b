"""Small documents of every form, built byte by byte: PDF, RTF, C-CDA, and attachments of them."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence

from tests.charts.fhir_files import Json, note

ENCRYPTION = (
    b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >>"
)


def pdf(
    *pages: str | bytes, encrypted: bool = False, more: Sequence[bytes] = (), resources: str = ""
) -> bytes:
    """A PDF of these pages: text (a line each) or the page's own drawing commands."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    first = 4 + len(more)
    objects += more
    kids = []
    for number, page in enumerate(pages):
        drawn = _drawn(page) if isinstance(page, str) else page
        kids.append(f"{first + 2 * number} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents "
            f"{first + 2 * number + 1} 0 R /Resources << /Font << /F1 3 0 R >> {resources} >> >>"
            .encode()
        )  # fmt: skip
        objects.append(stream(drawn))
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(kids)}] >>".encode()
    if encrypted:
        objects.append(ENCRYPTION)
    return _file(objects, encrypted)


def stream(content: bytes, entries: str = "", *, packed: bool = False) -> bytes:
    """A stream object, deflated where asked."""
    data = zlib.compress(content, 9) if packed else content
    packing = "/Filter /FlateDecode" if packed else ""
    return (
        f"<< /Length {len(data)} {packing} {entries} >>\nstream\n".encode() + data + b"\nendstream"
    )


def _drawn(text: str) -> bytes:
    lines = text.split("\n") if text else []
    shown = " T* ".join(f"({line}) Tj" for line in lines)
    return f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET".encode("latin-1") if lines else b"q Q"


def _file(objects: list[bytes], encrypted: bool) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    locked = f"/Encrypt {len(objects)} 0 R /ID [<00> <00>]" if encrypted else ""
    return (
        out
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer << /Root 1 0 R /Size {len(objects) + 1} {locked} >>\n"
            f"startxref\n{len(out)}\n%%EOF"
        ).encode()
    )


def rtf(body: str) -> bytes:
    """An RTF file of this body."""
    fonts = r"{\fonttbl{\f0\fswiss\fcharset0 Arial;}}{\colortbl;\red255\green0\blue0;}"
    return (r"{\rtf1\ansi\ansicpg1252\deff0" + fonts + r"\f0\fs24 " + body + "}").encode("latin-1")


def cda(*sections: str, title: str = "Discharge Summary") -> bytes:
    """A C-CDA with these `<section>`s."""
    parts = "".join(f"<component>{section}</component>" for section in sections)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>{title}</title>'
        f"<component><structuredBody>{parts}</structuredBody></component></ClinicalDocument>"
    ).encode()


def attachment(kind: str | None, content: str | bytes, **more: object) -> Json:
    """An attachment of a content type, in base64."""
    data = content.encode() if isinstance(content, str) else content
    named = {"contentType": kind} if kind is not None else {}
    return {**named, "data": base64.b64encode(data).decode(), **more}


def document(ident: str, *attachments: Json, **more: object) -> Json:
    """A DocumentReference of p1 with these attachments."""
    return {**note(ident), "content": [{"attachment": one} for one in attachments], **more}
