"""Hostile files by name: how each is made, and what a load must say or take in.

`said` must stand in a refusal (empty: nothing may be refused); `resources` is what must be in
the store, beside the one patient who is loaded before. None: either is right, as long as it is
decided in time. Big ones are written in pieces, so that the maker needs no memory either.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.charts.fhir_files import Json, bundle, note, observation, patient
from tests.charts.test_archives import LINK, info, overlapping, packed

P = patient()
REF: Json = {"reference": "Patient/p1"}


@dataclass(frozen=True)
class InPieces:
    """A file too big to be made in memory."""

    write: Callable[[Path], None]


@dataclass(frozen=True)
class Hostile:
    """One file: its name, what is written, and what must come of it."""

    name: str
    make: Callable[[], bytes] | InPieces
    said: str | None
    resources: int | None = 0


def text(content: object) -> bytes:
    return json.dumps(content).encode()


def with_p1(*resources: Json) -> bytes:
    return text(bundle(P, *resources))


def raw_observation(inner: str) -> bytes:
    """A Bundle of a patient and an Observation with raw JSON text put in."""
    marked = with_p1(observation(zzz=0)).decode()
    return marked.replace('"zzz": 0', inner).encode()


def nested(levels: int, opening: str, closing: str) -> bytes:
    return raw_observation(f'"extension": {opening * levels}1{closing * levels}')


def zip_of(**contents: bytes) -> Callable[[], bytes]:
    return lambda: packed(list(contents.items()))


def of_method(name: str, data: bytes) -> Callable[[], bytes]:
    return lambda: packed([(name, data)])


def quine_like() -> bytes:
    """An archive whose only member, JSON by its name, is an archive again, and so on."""
    data = text(P)
    for _ in range(20):
        data = packed([("r.json", data)])
    return data


def sparse(size: int) -> InPieces:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(b'{"resourceType":"Patient","id":"p1"}')
            file.truncate(size)

    return InPieces(write)


def many_entries(count: int) -> InPieces:
    def write(path: Path) -> None:
        entry = json.dumps({"resource": observation("o%d")}).replace("%", "%%")
        entry = entry.replace("o%%d", "o%d")
        with path.open("w") as file:
            file.write('{"resourceType":"Bundle","type":"collection","entry":[')
            file.writelines(entry % number + "," for number in range(count - 1))
            file.write(entry % count + "]}")

    return InPieces(write)


def giant_string(megabytes: int, before: str, after: str) -> InPieces:
    def write(path: Path) -> None:
        piece = b"QUJD" * 250_000
        with path.open("wb") as file:
            file.write(before.encode())
            for _ in range(megabytes):
                file.write(piece)
            file.write(after.encode())

    return InPieces(write)


def keys(count: int, length: int = 8) -> str:
    """Keys of one length that differ at their end alone, all values small."""
    stem = "k" * max(length - 8, 0)
    return ",".join(f'"{stem}{number:08d}":1' for number in range(count))


def collisions(count: int) -> str:
    """Keys of NUL-free ASCII whose simple multiplicative hashes (31, 33) are equal: Aa = BB."""
    pairs = [f"{number:017b}".replace("0", "Aa").replace("1", "BB") for number in range(count)]
    return ",".join(f'"{key}":1' for key in pairs)


def cut_gz() -> bytes:
    return gzip.compress(with_p1(*(observation(f"o{n}") for n in range(50))))[:-200]


def gz_bomb() -> bytes:
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=9) as file:
        for _ in range(400):
            file.write(b" " * 1_000_000)
    return made.getvalue()


def lines_of(*parts: bytes, end: bytes = b"\n") -> bytes:
    return end.join(parts) + end


LOOP_A = {"resourceType": "ServiceRequest", "id": "a", "status": "active", "intent": "order",
          "subject": REF, "basedOn": [{"reference": "ServiceRequest/b"}]}  # fmt: skip
LOOP_B = {**LOOP_A, "id": "b", "basedOn": [{"reference": "ServiceRequest/a"}]}
VISIT = {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "IMP"},
         "subject": REF, "partOf": {"reference": "Encounter/e"}}  # fmt: skip
CONTAINED = {"resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order",
             "subject": REF, "medicationReference": {"reference": "#x"},
             "contained": [{"resourceType": "Medication", "id": "x", "ingredient": [
                 {"itemReference": {"reference": "#x"}}]}]}  # fmt: skip
TWICE = "Duplicate key"
FINITE = "NaN, Infinity or too large"
UTF8 = "not UTF-8"
ELSEWHERE = "leads elsewhere"

SIZES = [
    Hostile("size.json", sparse(2_100_000_000), "larger than 2,048 MB"),
    Hostile("entries-60000.json", many_entries(60_000), "50,000 entries"),
    Hostile("entries-300000.json", many_entries(300_000), "50,000 entries"),
    Hostile("entries-hint.json", many_entries(50_001), "NDJSON"),
    Hostile("brackets.json", lambda: b"[" * 5_000_000, "deep"),
    Hostile("braces.json", lambda: b'{"a":' * 2_000_000, "deep"),
    Hostile("arrays.json", lambda: nested(90_000, "[", "]"), "deep", None),
    Hostile("objects.json", lambda: nested(30_000, '[{"extension":', "}]"), "deep", None),
    Hostile("extensions.json", lambda: nested(150, '[{"extension":', "}]"), "levels deep", 1),
    Hostile("arrays-beside.json", lambda: raw_observation("").replace(
        b'"entry"', b",".join(b'"k%d":[]' % n for n in range(1_000_000)) + b',"entry"'),
        "not a FHIR resource"),
    Hostile("cut-first-line.json", lambda: b'"broken":1}\n' + lines_of(
        *[text(observation(f"o{n}", category=[])) for n in range(40_000)]), "not JSON"),
    Hostile("gz-bomb.json.gz", gz_bomb, "far more than its size"),
    Hostile("keys-100000.json", lambda: raw_observation(keys(100_000)), None, None),
    Hostile("keys-collide.json", lambda: raw_observation(collisions(100_000)), None, None),
    Hostile("key-1mb.json", lambda: raw_observation(f'"{"k" * 1_000_000}":1'), None, None),
    Hostile("base64-60mb.json", giant_string(
        60, '{"resourceType":"Binary","id":"b","contentType":"application/pdf","data":"', '"}'),
        None, None),
    Hostile("base64-note-20mb.json", giant_string(
        20, '{"resourceType":"DocumentReference","id":"d","status":"current","subject":'
        '{"reference":"Patient/p1"},"content":[{"attachment":{"contentType":"text/plain","data":"',
        '"}}]}'), None, None),
    Hostile("string-300mb.json", giant_string(
        300, '{"resourceType":"Patient","id":"p1","name":[{"text":"', '"}]}'), None, None),
]  # fmt: skip
ZIPS = [
    Hostile("nested.zip", zip_of(**{"b.zip": packed([("a.json", text(P))])}), "archive in the"),
    Hostile("ratio.zip", lambda: packed([("a.json", b" " * 200_000_000)], 9), "far more than"),
    Hostile("many.zip", lambda: packed([(f"{n}.json", b"{}") for n in range(10_001)]), "10,000"),
    Hostile("overlap.zip", overlapping, "overlap"),
    Hostile("quine.zip", quine_like, "zip", None),
    Hostile("up.zip", of_method("../a.json", text(P)), ELSEWHERE),
    Hostile("absolute.zip", of_method("/a.json", text(P)), ELSEWHERE),
    Hostile("drive.zip", of_method("C:a.json", text(P)), ELSEWHERE),
    Hostile("backslash.zip", of_method("..\\a.json", text(P)), ELSEWHERE),
    Hostile("link.zip", lambda: packed([(info("a.json", external_attr=LINK), b"/etc/passwd")]),
            "link"),
    Hostile("cut.zip", lambda: packed([("a.json", text(P))])[:-30], "damaged"),
    Hostile("good.zip", zip_of(**{"a.json": with_p1(observation()), "n.ndjson": text(
        observation("o2"))}), "", 3),
    Hostile("half.zip", zip_of(**{"a.json": with_p1(observation()), "b.json": b"{"}), "not JSON",
            2),
    Hostile("bomb-inside.zip", zip_of(**{"a.json.gz": gz_bomb()}), "far more than"),
]  # fmt: skip
TEXTS = [
    Hostile("twice.json", lambda: b'{"resourceType":"Patient","id":"1","id":"2"}', TWICE),
    Hostile("twice-escaped.json", lambda: b'{"resourceType":"Patient","id":"1","\\u0069d":"2"}',
            TWICE),
    Hostile("twice-deep.json", lambda: raw_observation(
        '"extension":[{"url":"u","extension":[{"url":"v","valueString":"a","valueString":"b"}]}]'),
        TWICE, 1),
    Hostile("twice-in-meta.json", lambda: raw_observation('"meta":{"source":"a","source":"b"}'),
            TWICE, 1),
    Hostile("twice-empty.json", lambda: raw_observation('"extension":[{"":1,"":2}]'), TWICE, 1),
    Hostile("twice-around.json", lambda: b'{"resourceType":"Bundle","type":"collection","entry":[{'
            b'"resource":' + text(P) + b',"resource":' + text(patient("p2")) + b"}]}", TWICE, None),
    Hostile("nan.json", lambda: raw_observation('"valueInteger":NaN'), FINITE, 1),
    Hostile("infinity.json", lambda: raw_observation('"valueInteger":-Infinity'), FINITE, 1),
    Hostile("1e400.json", lambda: raw_observation('"extension":[{"valueDecimal":1e400}]'), FINITE,
            1),
    Hostile("10-to-400.json", lambda: raw_observation(
        f'"extension":[{{"valueDecimal":{10**400}}}]'), None, None),
    Hostile("value-10-to-400.json", lambda: with_p1(observation(valueQuantity={"value": 10**400})),
            None, None),
    Hostile("value-100000-digits.json", lambda: raw_observation(
        f'"x":{"9" * 100_000}'), None, None),
    Hostile("integer-2-to-64.json", lambda: with_p1(observation(valueInteger=2**64)), None, None),
    Hostile("utf16.json", lambda: text(P).decode().encode("utf-16"), UTF8),
    Hostile("utf16be.json", lambda: text(P).decode().encode("utf-16-be"), "not"),
    Hostile("utf32.json", lambda: text(P).decode().encode("utf-32"), UTF8),
    Hostile("latin1.json", lambda: json.dumps(patient(name=[{"family": "Müller"}]),
                                              ensure_ascii=False).encode("latin-1"), UTF8),
    Hostile("bom.json", lambda: b"\xef\xbb\xbf" + text(P), "", 1),
    Hostile("bom.ndjson", lambda: b"\xef\xbb\xbf" + lines_of(text(P), text(observation())), "", 2),
    Hostile("bom-only.json", lambda: b"\xef\xbb\xbf", "empty"),
    Hostile("surrogate.json", lambda: raw_observation('"x":"\\ud800"'), "not Unicode", 1),
    Hostile("surrogate-key.json", lambda: raw_observation('"\\udfff":1'), "not Unicode", 1),
    Hostile("surrogate-bytes.json", lambda: raw_observation('"x":"?"').replace(
        b"?", b"\xed\xa0\x80"), UTF8),
    Hostile("overlong.json", lambda: raw_observation('"x":"?"').replace(b"?", b"\xc0\xaf"), UTF8),
    Hostile("nul-byte.json", lambda: raw_observation('"x":"?"').replace(b"?", b"\0"), "not JSON"),
    Hostile("nul-escape.json", lambda: text(patient("p2", name=[{"family": "a\0b"}])), None, None),
    Hostile("empty.json", lambda: b"", "empty"),
    Hostile("blank.json", lambda: b" \r\n\t " * 100, "empty"),
    Hostile("cut.json", lambda: text(P)[:-5], "not JSON"),
    Hostile("two.json", lambda: text(P) + text(P), "not JSON"),
    Hostile("cut.json.gz", cut_gz, "damaged or cut off gz"),
    Hostile("twice.json.gz", lambda: gzip.compress(gzip.compress(text(P))), "not"),
    Hostile("not.json.gz", lambda: text(P), "not packed"),
    Hostile("packed.json", lambda: gzip.compress(text(P)), "", 1),
    Hostile("bundle.ndjson", lambda: with_p1(observation()), None, None),
    Hostile("lines.json", lambda: lines_of(text(P), text(observation())), "", 2),
    Hostile("crlf.ndjson", lambda: lines_of(text(P), text(observation()), end=b"\r\n"), "", 2),
    Hostile("blank-lines.ndjson", lambda: b"\n\n" + lines_of(text(P), b"  ", text(observation())),
            "", 2),
    Hostile("bad-line.ndjson", lambda: lines_of(text(P), b'{"resourceType":', text(observation())),
            "not JSON", 2),
]  # fmt: skip
LOOPS = [
    Hostile("loop.json", lambda: with_p1(LOOP_A, LOOP_B), "", 3),
    Hostile("own-part.json", lambda: with_p1(VISIT), "", 2),
    Hostile("parts-of-each-other.json", lambda: with_p1(
        {**VISIT, "partOf": {"reference": "Encounter/f"}}, {**VISIT, "id": "f"}), "", 3),
    Hostile("contained.json", lambda: with_p1(CONTAINED), "", 2),
    Hostile("own-subject.json", lambda: with_p1(observation(subject="Observation/o1")), "", 2),
    Hostile("one-id-twice.json", lambda: with_p1(patient(gender="male")), "", 1),
    Hostile("one-id-in-two-types.json", lambda: with_p1(observation("p1")), "", 2),
    Hostile("bundle-in-bundle.json", lambda: with_p1({**bundle(P), "id": "b"}), "Bundle", 1),
    Hostile("odd-note.json", lambda: with_p1(note(content=[{"attachment": {
        "contentType": "text/html", "data": base64.b64encode(
            b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + b"<div>" * 50_000).decode()}}])), None, None),
]  # fmt: skip
HOSTILE = [*SIZES, *ZIPS, *TEXTS, *LOOPS]


def write(hostile: Hostile, folder: Path) -> Path:
    """The file, in the folder."""
    path = folder / hostile.name
    if isinstance(hostile.make, InPieces):
        hostile.make.write(path)
    else:
        path.write_bytes(hostile.make())
    return path
