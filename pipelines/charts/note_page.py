"""The lines of a marked-up page as a reader sees them: blanks folded, lists and rows kept apart.

A paragraph stands between blank lines, a list item behind "- " or its number, the cells of a
table row on one line with " | " between them. Cells that hold whole paragraphs (tables made for
layout) keep their lines instead. What HTML and the narrative of a C-CDA have in common is here;
neither is parsed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.charts.note_words import Mark, Words

HEADINGS = {f"h{level}": level for level in range(1, 7)}
PARAGRAPHS = frozenset({
    *HEADINGS, "p", "table", "pre", "blockquote", "dl", "hr", "section", "article", "header",
    "footer", "form", "fieldset", "figure", "address", "main", "aside", "nav", "details",
})  # fmt: skip
LINES = frozenset({
    "div", "br", "dt", "dd", "tr", "caption", "thead", "tbody", "tfoot", "figcaption", "legend",
    "option", "summary", "body", "center",
})  # fmt: skip
LISTS = frozenset({"ul", "ol"})
CELLS = frozenset({"td", "th"})
DEEPEST_INDENT = 6  # a list nested without end must not fill a text with blanks
ROW_LINES = 3
ROW_LENGTH = 300


@dataclass(slots=True)
class Line:
    """One line: its words, its level as a heading (0 for none), whether a blank line precedes."""

    text: str
    level: int
    gap: bool


@dataclass(slots=True)
class _Table:
    """An open table: the row at hand, and the lines around the cell at hand."""

    row: list[list[Line]] | None = None
    around: list[Line] | None = None


@dataclass(slots=True)
class Page:
    """Takes tags and words in their order; `words` gives the text."""

    lines: list[Line] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    gap: bool = False
    level: int = 0
    prefix: str = ""
    lists: list[int | None] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    exactly: int = 0

    def start(self, tag: str) -> None:
        """An element begins."""
        if tag in PARAGRAPHS:
            self._new_line(gap=True)
            self.level = HEADINGS.get(tag, 0)
        elif tag in LINES:
            self._new_line()
        if tag in LISTS:
            self._new_line(gap=not self.lists)
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._new_line()
            self.prefix = self._item()
        elif tag == "table":
            self.tables.append(_Table())
        elif tag == "pre":
            self.exactly += 1
        elif tag in CELLS and self.tables:
            self._start_cell(self.tables[-1])

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in PARAGRAPHS:
            self._new_line(gap=True)
        elif tag in LINES and tag != "br":
            self._new_line()
        if tag in LISTS:
            if self.lists:
                self.lists.pop()
            self._new_line(gap=not self.lists)
        elif tag == "li":
            self._new_line()
            self.prefix = ""
        elif tag == "pre":
            self.exactly = max(0, self.exactly - 1)
        elif tag in ("tr", "table", *CELLS) and self.tables:
            self._end_in_table(tag)

    def say(self, data: str) -> None:
        """Words of the element at hand."""
        if not self.exactly:
            self.said.append(data)
            return
        first, *rest = data.split("\n")
        self.said.append(first)
        for line in rest:
            self._new_line()
            self.said.append(line)

    def words(self) -> Words:
        """The text and its headings."""
        self._new_line()
        while self.tables:
            self._end_in_table("table")
        parts: list[str] = []
        marks: list[Mark] = []
        at = 0
        for line in self.lines:
            if parts:
                parts.append("\n\n" if line.gap else "\n")
                at += len(parts[-1])
            if line.level:
                marks.append(Mark(at, at + len(line.text), line.level, line.text))
            parts.append(line.text)
            at += len(line.text)
        return Words("".join(parts), tuple(marks))

    def _item(self) -> str:
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        depth = min(max(0, len(self.lists) - 1), DEEPEST_INDENT)
        return "  " * depth + ("- " if number is None else f"{number}. ")

    def _new_line(self, *, gap: bool = False) -> None:
        joined = "".join(self.said)
        self.said.clear()
        text = joined.rstrip() if self.exactly else " ".join(joined.split())
        if text.strip():
            self.lines.append(Line(self.prefix + text, self.level, self.gap))
            self.prefix, self.gap = "", False
        elif self.exactly:
            self.gap = True  # an empty line of preformatted text
        self.gap = self.gap or gap
        self.level = 0

    def _start_cell(self, table: _Table) -> None:
        self._new_line()
        if table.around is not None:
            self._end_cell(table)
        if table.row is None:
            table.row = []
        table.around, self.lines = self.lines, []

    def _end_cell(self, table: _Table) -> None:
        self._new_line()
        if table.around is not None and table.row is not None:
            if self.lines:
                self.gap = False  # a paragraph's end within a cell sets no rows apart
            table.row.append(self.lines)
            self.lines, table.around = table.around, None

    def _end_in_table(self, tag: str) -> None:
        table = self.tables[-1]
        self._end_cell(table)
        if tag not in CELLS and table.row is not None:
            self.lines += _row(table.row)
            table.row = None
        if tag == "table":
            self.tables.pop()
            self.gap = True


def _row(cells: list[list[Line]]) -> list[Line]:
    """A row on one line; where its cells are long, their lines below one another."""
    lines = [line for cell in cells for line in cell]
    if not lines or len([cell for cell in cells if cell]) == 1:
        return lines
    is_long = sum(len(line.text) for line in lines) > ROW_LENGTH
    if is_long or any(len(cell) > ROW_LINES for cell in cells):
        return lines
    said = [" ".join(line.text for line in cell) for cell in cells]
    return [Line(" | ".join(said).rstrip(" |").removeprefix(" "), 0, lines[0].gap)]
