"""A text that matches a regular expression, for the plain ones that contracts use."""

from __future__ import annotations

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
_WIDE = "a0A-_ .:/@é"


class NoText(ValueError):
    """The expression says more than is understood here."""


def text_of(pattern: str, variant: int = 0) -> str:
    """Make a text of literals, classes, groups, alternatives and repetitions.

    Args:
        pattern: The expression, in the syntax of ECMA-262.
        variant: Another number, another text, where the pattern leaves a choice.

    Raises:
        NoText: It looks around itself, refers back, or has no such form.
    """
    reader = _Reader(pattern, variant)
    text = reader.alternatives()
    if reader.more():
        raise NoText(pattern)
    return text


class _Reader:
    """Reads the expression once, from left to right, and writes as it goes."""

    def __init__(self, pattern: str, variant: int) -> None:
        self._pattern = pattern
        self._variant = variant
        self._at = 0

    def more(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        found = self.more()
        if not found:
            raise NoText(self._pattern)
        self._at += 1
        return found

    def _took(self, text: str) -> bool:
        there = self._pattern.startswith(text, self._at)
        self._at += len(text) if there else 0
        return there

    def alternatives(self) -> str:
        branches = [self._sequence()]
        while self._took("|"):
            branches.append(self._sequence())
        return branches[self._variant % len(branches)]

    def _sequence(self) -> str:
        parts: list[str] = []
        while self.more() and self.more() not in "|)":
            atom = self._atom()
            parts.append(atom * self._times())
        return "".join(parts)

    def _atom(self) -> str:
        match character := self._next():
            case "^" | "$":
                return ""
            case "(":
                return self._group()
            case "[":
                return self._set()
            case ".":
                return "a"
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise NoText(self._pattern)
            case _:
                return character

    def _group(self) -> str:
        if self._took("?") and not self._took(":"):
            raise NoText(self._pattern)
        text = self.alternatives()
        if not self._took(")"):
            raise NoText(self._pattern)
        return text

    def _escape(self) -> str:
        character = self._next()
        if character in "bB":
            return ""
        if character in "123456789pPkxuc":
            raise NoText(self._pattern)
        known = _CLASSES.get(character) or _CONTROLS.get(character)
        return known if known is not None else character

    def _set(self) -> str:
        excluded = self._took("^")
        members: list[str] = []
        while not self._took("]"):
            first = self._escape() if self._took("\\") else self._next()
            members.append(first)
            if self.more() == "-" and self._pattern[self._at + 1 : self._at + 2] != "]":
                self._next()
                last = self._escape() if self._took("\\") else self._next()
                members += [chr(code) for code in range(ord(first) + 1, ord(last) + 1)]
        if excluded:
            members = [one for one in _WIDE if one not in members]
        if not members:
            raise NoText(self._pattern)
        return members[self._variant % len(members)]

    def _times(self) -> int:
        least = 1
        if self._took("*") or self._took("?"):
            least = 0
        elif self._took("{"):
            bounds = ""
            while not self._took("}"):
                bounds += self._next()
            low = bounds.partition(",")[0]
            if not low.isdecimal():
                raise NoText(self._pattern)
            least = int(low)
        elif not self._took("+"):
            return 1
        self._took("?")
        return least
