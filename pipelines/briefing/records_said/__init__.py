"""What each cited record says, told from its own fields and never from the line that cites it.

A line of the briefing is filled in by code, so the judge must not hold it against itself: a wrong
number, day, drug or word of state would prove itself word for word. Here every record is told a
second time, field by field, with each word of state ("started", "stopped", "held", "given",
"active", "high", "before this stay") only where a field or the series of results bears it out.
`judge` compares the line with that telling, by `answers.verify` and by `words`: a word or number
of the line that no telling has, and that is no plain link word, refuses the line.

What a search found and no single record can show ("no result on file", "not repeated") is named
in `record_words.toml` and is not proven by the cited record. A telling says more than any line, so
a line may still leave out what matters: this room sees what is said wrongly, not what is not said.
"""
