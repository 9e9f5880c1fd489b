"""The whole chart by problem: what began when, how it went, what was done, what is planned.

For a reader who must learn decades in two minutes. A family of problems (`problem_families.toml`)
is one section: its diagnoses, its key results first → worst → latest, its drugs with start and
stop, the last plan that names it. What has no family stands in "Other problems", counted where
it repeats; what has no room is counted with all its records behind the number, so that nothing
is lost silently. Nothing is inferred: a stop that the record does not date is not dated, a
refuted diagnosis is told as refuted, a relative's illness is told of the relative.

Each file reads one subject of the chart and proposes lines; `summarize` puts them together and
has every line judged by `answers.verify`. No model takes part.
"""
