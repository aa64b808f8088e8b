"""Generated requests: schemathesis makes them and checks the responses.

`checks` says which of its checks are clauses, `shaper` makes its requests ones that a
strict server accepts, `bridge` sends them, and `engine` runs it and turns its findings
into verdicts.
"""
