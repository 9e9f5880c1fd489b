"""A FHIR server by its address: what it holds, as NDJSON files in the home's inbox.

`plan` reads what is wanted, `client` asks (through `door`, which lets no request out to a host
that the site did not name, and `sign_in`), `search` and `bulk` are the two ways a server gives,
`folder` keeps what came so that a broken fetch goes on where it was. It loads nothing and knows
no store; the files are FHIR as the server wrote it, number for number.
"""
