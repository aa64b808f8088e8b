"""Generated requests: schemathesis makes them and checks the responses.

`bridge` makes its requests ones that a strict server accepts and sends them, and
`engine` turns its findings into verdicts. `clauses.schema` says which checks count.
"""
