"""Documents made to exhaust the reader: each ends in time and memory with a reason or its text."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.charts import note_apart, note_text
from pipelines.charts.note_text import NoteText
from pipelines.charts.note_words import Words
from pipelines.charts.passage_split import sections
from pipelines.charts.rows_document import parted
from tests.charts.document_files import attachment, cda, document, pdf, rtf, stream
from tests.conftest import ROOT

SECONDS = 5
MEGABYTES = 512


def forms_in_forms(depth: int = 12) -> bytes:
    """A PDF whose page draws a form ten times, which draws another ten times, and so on."""
    forms = []
    for number in range(depth):
        inner = f"/Resources << /XObject << /X {5 + number} 0 R >> /Font << /F1 3 0 R >> >>"
        drawn = b"BT /F1 12 Tf (a) Tj ET" if number == depth - 1 else b"/X Do " * 10
        entries = f"/Type /XObject /Subtype /Form /BBox [0 0 600 800] {inner}"
        forms.append(stream(drawn, entries))
    return pdf(b"/X Do", more=forms, resources="/XObject << /X 4 0 R >>")


def bomb_of_zeros() -> bytes:
    """A PDF whose page unpacks to 400 MB."""
    packed = stream(b"(a) Tj " * 60_000_000, packed=True)
    return pdf("x", more=[packed]).replace(b"/Contents 6 0 R", b"/Contents 4 0 R")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "pdf drawing itself": ("application/pdf", forms_in_forms),
    "pdf unpacking without end": ("application/pdf", bomb_of_zeros),
    "pdf of a page tree in a ring": (
        "application/pdf", lambda: pdf("x").replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"),
    ),
    "pdf of too many pages": ("application/pdf", lambda: pdf(*["page"] * 2500)),
    "pdf of noise": ("application/pdf", lambda: b"%PDF-1.7" + bytes(range(256)) * 4000),
    "rtf of open groups": ("text/rtf", lambda: rtf("{" * 2_000_000)),
    "rtf of fields left open": (
        "text/rtf", lambda: rtf(r"{\field{\*\fldinst{ HYPERLINK " * 20_000),
    ),
    "rtf of impossible characters": ("text/rtf", lambda: rtf(r"\u99999999999 " * 10)),
    "rtf of binary without end": ("text/rtf", lambda: rtf(r"\pict\bin9999999999 " * 10_000)),
    "rtf of very much text": ("text/rtf", lambda: rtf("long " * 2_000_000)),
    "html nested": ("text/html", lambda: "<div>" * 500_000),
    "html of open and other closing tags": (
        "text/html", lambda: "<b>" * 80_000 + "</i>" * 80_000,
    ),
    "html of formats to be opened again": (
        "text/html", lambda: "".join(f"<b a={n}>" for n in range(900)) + "<p>x" * 60_000,
    ),
    "html of lists in lists": ("text/html", lambda: "<ul><li>" * 400 + "<li>x" * 50_000),
    "html of tables in tables": ("text/html", lambda: "<table><tr><td>x" * 450),
    "html of attributes": ("text/html", lambda: "<a b=1" * 300_000),
    "html of comments left open": ("text/html", lambda: "<!--" * 500_000),
    "html of 30 MB": ("text/html", lambda: "<p>x" * 8_000_000),
    "html of 14 MB": ("text/html", lambda: "<p>x" * 3_500_000),
    "xml of entities in entities": (
        "text/xml",
        lambda: f'<!DOCTYPE l [<!ENTITY l0 "ha">{LAUGHS}]><ClinicalDocument>&l11;'
        "</ClinicalDocument>",
    ),
    "xml that names a file": (
        "text/xml",
        lambda: f'<!DOCTYPE l [<!ENTITY l SYSTEM "file://{ROOT}/README.md">]>'
        "<ClinicalDocument><title>&l;</title></ClinicalDocument>",
    ),
    "xml nested": ("text/xml", lambda: "<a>" * 100_000),
    "cda of sections in sections": (
        "text/xml", lambda: cda("<section><component>" * 5000),
    ),
    "very much plain text": ("text/plain", lambda: "word " * 6_000_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_ends_in_time_with_a_reason(name: str) -> None:
    note_apart.read_apart("rtf", rtf("The process is started before the clock is."))
    kind, made = HOSTILE[name]
    given = document("a", attachment(kind, made()))
    started = time.perf_counter()
    found = note_text.of_attachments(given)
    assert time.perf_counter() - started < SECONDS
    assert found is not None
    assert (found.text is None) == bool(found.unread)
    assert len(found.text or "") < note_text.MOST_CHARACTERS
    assert "Chartroom" not in (found.text or ""), "a file was read"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("." * 2_000_000, id="full stops"),
        pytest.param("# a" + " " * 1_000_000 + "b", id="a heading of blanks"),
        pytest.param("A. " * 650_000, id="initials without end"),
        pytest.param("1. " * 650_000, id="numbers without end"),
        pytest.param("x" * 1_900_000, id="one word"),
        pytest.param(" " * 1_900_000 + "x", id="blanks"),
        pytest.param("A:\n" * 400_000, id="headings"),
        pytest.param("a.\"')]" * 400_000, id="brackets"),
        pytest.param("Plan " * 400_000 + ":", id="a long line with a colon"),
    ],
)
def test_a_hostile_text_is_cut_in_time(text: str) -> None:
    note = NoteText(text, "content[0].attachment.data")
    started = time.process_time()  # this process alone does it
    kept, parts = parted(note)
    found = sections(text, parts.headings)
    assert time.process_time() - started < SECONDS
    assert (kept.text is None) == bool(kept.unread)
    assert all(0 <= cut.start < cut.end <= len(text) for cut in parts.passages)
    assert all(section.end <= len(text) for section in found)


def test_after_a_hostile_document_the_next_one_is_read() -> None:
    assert note_apart.read_apart("pdf", forms_in_forms()).text is None
    assert note_apart.read_apart("pdf", pdf("Rest.")) == Words("Rest.")
    assert note_apart.read_apart("rtf", rtf("Eat.")) == Words("Eat.")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("name", ["pdf unpacking without end", "html of 14 MB", "xml nested"])
def test_a_hostile_document_keeps_within_memory(name: str, tmp_path: Path) -> None:
    """Measured in a process of its own, which reads the document and asks for both peaks."""
    kind, made = HOSTILE[name]
    content = made()
    path = tmp_path / "content"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    script = (
        "import sys, resource, json, pathlib\n"
        "from tests.charts.document_files import attachment, document\n"
        "from pipelines.charts import note_text\n"
        "given = document('a', attachment(sys.argv[1], pathlib.Path(sys.argv[2]).read_bytes()))\n"
        "note_text.of_attachments(given)\n"
        # ru_maxrss of a new process begins with its parent's size; VmHWM is its own.
        "said = pathlib.Path('/proc/self/status').read_text()\n"
        "own = int(said.partition('VmHWM:')[2].split()[0])\n"
        "child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(json.dumps([own / 1024, child / 1024]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, kind, str(path)], capture_output=True, text=True,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, timeout=60,
    )  # fmt: skip
    assert all(float(peak) < MEGABYTES for peak in done.stdout.strip("[]\n").split(", "))


def test_many_hostile_documents_end_sooner_each() -> None:
    apart = note_apart._Apart()
    started = time.perf_counter()
    for _ in range(4):
        apart.read("rtf", rtf("{\\field{\\*\\fldinst{ HYPERLINK " * 20_000))
    assert time.perf_counter() - started < 3 * note_apart.SECONDS
    assert apart.read("rtf", rtf("Eat.")).text == "Eat."
    apart._end()


def test_the_process_ends_when_its_pipe_closes() -> None:
    apart = note_apart._Apart()
    assert apart.read("rtf", rtf("Rest.")).text == "Rest."
    process = apart.process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 0
    assert apart.read("rtf", rtf("Eat.")).text == "Eat."
    apart._end()
