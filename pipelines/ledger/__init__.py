"""What was done in this house, and on what evidence: entries that are only ever added.

`database` opens the file and holds the transactions, `entries` and `visits` the statements,
`chain` the hashes, `head` the copy of the chain's end that is kept outside, `diagnosis` says
what was done to a broken chain. The only room that imports SQLAlchemy.
"""
