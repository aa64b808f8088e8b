"""The style sheet of the HTML report: light and dark, for phones as well."""

from __future__ import annotations

from typing import Final

CSS: Final = """
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1b2027;
  --soft: #59636f; --line: #dde2e8; --code: #f0f2f5; --link: #0b57b8; --bad: #b3201b;
  --bad-soft: #fdeceb; --good: #11703c; --odd: #8a5300; --odd-soft: #fdf3e1; }
@media (prefers-color-scheme: dark) { :root { --page: #12161b; --card: #1a2027;
  --ink: #e6eaef; --soft: #a0abb8; --line: #313a45; --code: #11161c; --link: #7db4ff;
  --bad: #ff8f86; --bad-soft: #3a1d1d; --good: #6fd49a; --odd: #f0bd6a;
  --odd-soft: #35290f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 56rem; color: var(--ink);
  background: var(--page); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .75rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; line-height: 1.4; margin: 0; }
h4 { font-size: .8rem; margin: 1rem 0 .25rem; color: var(--soft); }
p { margin: .5rem 0; }
a { color: var(--link); }
code, pre { font: .85em/1.45 ui-monospace, monospace; }
pre { margin: 0; padding: .6rem .75rem; background: var(--code); border-radius: 6px;
  border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .9rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: .9rem 1rem; margin: 0 0 .75rem; }
.conclusion { font-weight: 600; border-left: 4px solid currentcolor; }
.failed, .stale { color: var(--bad); }
.conclusion.failed { background: var(--bad-soft); }
.advice, .expected, .unclear { color: var(--odd); }
.conclusion.unclear { background: var(--odd-soft); }
.passed { color: var(--good); }
.not_judged { color: var(--soft); }
.counts { display: flex; flex-wrap: wrap; gap: .4rem .5rem; padding: 0; margin: 1rem 0;
  list-style: none; }
.counts li { background: var(--card); border: 1px solid var(--line);
  border-radius: 999px; padding: .1rem .75rem; font-size: .9rem; }
.id { font: .85em ui-monospace, monospace; color: var(--soft); }
.cause .id { color: var(--link); }
.cause .counts { margin: .5rem 0 0; }
article.card { border-left: 4px solid currentcolor; }
article.card > * { color: var(--ink); }
article.card .soft, article.card h4 { color: var(--soft); }
.mark { font-weight: 600; white-space: nowrap; }
article .mark { color: var(--bad); } article.advice .mark,
article.expected .mark { color: var(--odd); }
summary { cursor: pointer; padding: .35rem 0; font-weight: 600; }
ul.clauses { list-style: none; padding: 0; margin: 0 0 .75rem; }
ul.clauses li { padding: .4rem 0; border-top: 1px solid var(--line); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
"""
