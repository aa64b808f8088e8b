"""Generated requests: schemathesis makes them and checks the responses.

`checks` says which of its checks are clauses, `bridge` makes its requests ones that a
strict server accepts and sends them, and `engine` turns its findings into verdicts.
"""
