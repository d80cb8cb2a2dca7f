"""A SQL condition in, the same as a small tree out; None for what only the table's own engine can read.

    condition := all ("or" all)*        all := part ("and" part)*        part := ["not"] test | "(" condition ")"
    test := column (= | <> | != | < | <= | > | >=) literal | column ["not"] in (literal, ...)
          | column ["not"] between literal and literal | column ["not"] like 'pattern' | column is ["not"] null

Nothing here decides what a condition means: `columns` evaluates the tree as the engine does, and a test compares them.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

Literal = str | int | float | dt.date
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<sign><>|!=|<=|>=|=|<|>|\(|\)|,))"
)
COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Compared:
    """One column against literals; `how` is a comparison, "in", "between", "like" or "null"."""

    column: str
    how: str
    values: tuple[Literal, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by "and", "or", or one under "not"."""

    how: str
    parts: tuple["Condition", ...]


Condition = Compared | Joined


def parse(sql: str) -> Condition | None:
    """The tree of a condition, None where it holds anything but the grammar above."""
    tokens, at = [], 0
    text = sql.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    reader = _Reader(tokens)
    try:
        found = reader.condition()
    except _UnreadableError:
        return None
    return found if reader.at == len(tokens) else None


class _UnreadableError(Exception):
    """Not in the grammar."""


class _Reader:
    """Recursive descent over tokens (kind, text)."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at = tokens, 0

    def condition(self) -> Condition:
        return self._joined("or", lambda: self._joined("and", self._part))

    def _joined(self, word: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._took(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _part(self) -> Condition:
        if self._took("not"):
            return Joined("not", (self._part(),))
        if self._took("("):
            inside = self.condition()
            self._must(")")
            return inside
        return self._test()

    def _test(self) -> Compared:
        column = self._next("word")
        # A name with capitals means another column to the engine than it seems to say.
        if column != column.lower() or column in ("and", "or", "not", "in", "is", "null", "true", "false", "case"):
            raise _UnreadableError
        for sign in COMPARISONS:
            if self._took(sign):
                return Compared(column, "<>" if sign == "!=" else sign, (self._literal(),))
        if self._took("is"):
            negated = self._took("not")
            self._must("null")
            return Compared(column, "null", (), negated)
        negated = self._took("not")
        if self._took("like"):
            return Compared(column, "like", (_unquoted(self._next("text")),), negated)
        if self._took("between"):
            low = self._literal()
            self._must("and")
            return Compared(column, "between", (low, self._literal()), negated)
        self._must("in")
        self._must("(")
        values = [self._literal()]
        while self._took(","):
            values.append(self._literal())
        self._must(")")
        return Compared(column, "in", tuple(values), negated)

    def _literal(self) -> Literal:
        if self._took("date"):
            try:
                return dt.date.fromisoformat(_unquoted(self._next("text")))
            except ValueError:
                raise _UnreadableError from None
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if kind == "text":
            return _unquoted(text)
        if kind == "number":
            return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)
        raise _UnreadableError

    def _took(self, word: str) -> bool:
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind != "text" and text.lower() == word:
                self.at += 1
                return True
        return False

    def _must(self, word: str) -> None:
        if not self._took(word):
            raise _UnreadableError

    def _next(self, wanted: str) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind != wanted:
            raise _UnreadableError
        self.at += 1
        return text


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
