"""Go's templates (its documentation, `text/template`): their actions, read as far as names go.

What they do with values is not read. A template that is written in a seldom way (complex numbers)
is `Unsure`.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

_KEYWORDS: Final = frozenset(
    {"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"}
)
_NAME: Final = r"[^\W\d]\w*"
_TOKEN: Final = re.compile(
    rf"""
      (?P<end>(?:[ \t\r\n]+-)?\}}\}})
    | (?P<space>[ \t\r\n]+)
    | (?P<text>"(?:[^"\\\n]|\\.)*" | `[^`]*`)
    | (?P<number>[+-]?(?:[0-9]|\.[0-9])[\w.]*(?:(?<=[eEpP])[+-]\w+)?(?:[+-][\w.]+i\b)?
      | '(?:[^'\\\n]|\\.)+')
    | (?P<variable>\$\w*) | (?P<field>\.{_NAME}) | (?P<name>{_NAME})
    | (?P<sign>:= | [=|(),.])
    """,
    re.VERBOSE,
)
_PLAIN: Final = re.compile(
    r"""[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?0[xX][0-9a-fA-F]+"""
)
_SELDOM: Final = re.compile(
    r"""[+-]?(?:0[xXoObB][0-9a-fA-F_.pP+-]*|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?i?)"""
    r"""(?:[+-][0-9_.eE]+i)?|'.*'"""
)
_TEXT: Final = re.compile(
    r"""`[^`]*`|"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u[0-9a-cefA-CEF]"""
    r"""[0-9a-fA-F]{3}))*\""""
)
_AFTER: Final = re.compile(r"$|[ \t\r\n.,|:()]|\}\}")
_DEEPEST: Final = 50

Kind = Literal["text", "number", "constant", "dot", "field", "variable", "function", "group"]


class Wrong(Exception):
    """What Go does not take."""


class Unsure(Exception):
    """What is not read."""


class Operand(NamedTuple):
    """A part of a command: ``$labels`` with its fields ``.x``, a function, a text."""

    kind: Kind
    text: str
    fields: tuple[str, ...] = ()


class Use(NamedTuple):
    """A command with its parts; `inside` says that the dot is no longer the template's data."""

    operands: Sequence[Operand]
    inside: bool


class _Block:
    """What an ``end`` closes."""

    def __init__(self, kind: str, variables: list[str]) -> None:
        self.kind = kind
        self.variables = variables
        self.else_ = False


class Template:
    """A template: `uses` are its commands; Wrong where it is none, Unsure where it is not read.

    `variables` are those that it is given, ``$labels`` among them.
    """

    def __init__(self, text: str, variables: Sequence[str]) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._variables = ["$", *variables]
        self._blocks: list[_Block] = []
        self.uses: list[Use] = []
        self.declared: set[str] = set()
        """The variables that it declares or sets itself."""
        while (begun := text.find("{{", self._at)) >= 0:
            self._at = begun + 2
            if text[self._at : self._at + 1] == "-" and text[self._at + 1 : self._at + 2].isspace():
                self._at += 1
                marked = re.compile(r"\s*").match(text, self._at)
                comment = text.startswith("/*", self._at + 1)
                self._at = self._at + 1 if comment else marked.end() if marked else self._at
            if text.startswith("/*", self._at):
                self._comment()
            else:
                self._action()
        if self._blocks:
            raise Wrong(f"{{{{{self._blocks[-1].kind}}}}} has no {{{{end}}}}")

    def _comment(self) -> None:
        close = self._text.find("*/", self._at)
        end = re.compile(r"(?:[ \t\r\n]-)?\}\}").match(self._text, close + 2)
        if close < 0 or not end:
            raise Wrong("a comment does not end by */}}")
        self._at = end.end()

    def _peek(self) -> tuple[str, str]:
        """Return the kind and the text of the next token."""
        match = _TOKEN.match(self._text, self._at)
        if not match:
            rest = self._text[self._at : self._at + 1]
            raise Wrong(f"{rest!r} stands in an action" if rest else "an action does not end")
        kind = str(match.lastgroup)
        if kind in ("variable", "field", "name") and not _AFTER.match(self._text, match.end()):
            raise Wrong(f"{self._text[match.end()]!r} stands behind {match[0]!r}")
        return kind, match[0]

    def _next(self) -> tuple[str, str]:
        kind, text = self._peek()
        self._at += len(text)
        return kind, text

    def _skip(self) -> tuple[str, str]:
        """Return the next token that is no space, and stand before it."""
        if self._peek()[0] == "space":
            self._next()
        return self._peek()

    def _must(self, kind: str, where: str) -> str:
        found, text = self._skip()
        if found != kind:
            raise Wrong(f"{text!r} stands in {where}")
        return self._next()[1]

    def _action(self) -> None:
        kind, word = self._skip()
        if kind != "name" or word not in _KEYWORDS:
            self._pipeline("command")
            return
        self._next()
        inner = self._blocks[-1] if self._blocks else None
        if word == "end":
            if inner is None:
                raise Wrong("{{end}} closes nothing")
            self._must("end", "{{end}}")
            self._variables = self._blocks.pop().variables
        elif word == "else":
            self._else(inner)
        elif word in ("break", "continue"):
            if not any(block.kind == "range" for block in self._blocks):
                raise Wrong(f"{{{{{word}}}}} stands in no {{{{range}}}}")
            self._must("end", word)
        elif word == "template":
            self._must("text", word)
            if self._skip()[0] == "end":
                self._next()
            else:
                self._pipeline(word)
        else:
            self._open(word)

    def _open(self, word: str) -> None:
        if word == "define" and self._blocks:
            raise Wrong("{{define}} stands in a block")
        before = list(self._variables)
        if word in ("define", "block"):
            self._must("text", word)
        if word == "define":
            self._must("end", word)
        else:
            self._pipeline(word)
        if word == "block":
            before = list(self._variables)
        self._blocks.append(_Block(word, before))
        if word in ("define", "block"):
            self._variables = ["$"]

    def _else(self, inner: _Block | None) -> None:
        if inner is None or inner.kind in ("define", "block") or inner.else_:
            raise Wrong("{{else}} stands behind no {{if}}")
        if self._skip()[0] == "end":
            inner.else_ = True
            self._next()
        elif self._peek() == ("name", inner.kind) and inner.kind in ("if", "with"):
            self._next()
            self._pipeline(inner.kind)
        else:
            raise Wrong(f"{self._peek()[1]!r} stands in {{{{else}}}}")

    def _pipeline(self, where: str, closing: str = "end") -> None:
        """Read commands, up to the end of an action or of a bracket."""
        self._declare(where)
        stage = 0
        while (self._skip()[0] if closing == "end" else self._skip()[1]) != closing:
            stage += 1
            self._command(stage)
        self._next()
        if not stage:
            raise Wrong(f"{where} has no value")

    def _declare(self, where: str) -> None:
        declared = []
        while self._skip()[0] == "variable":
            begun = self._at
            name = self._next()[1]
            sign = self._skip()[1]
            if sign not in (":=", "=", ","):
                self._at = begun
                break
            declared.append(name)
            self._next()
            if sign != ",":
                break
            if where != "range" or len(declared) > 1:
                raise Wrong(f"{where} declares too much")
            if self._skip()[0] != "variable" and self._skip()[1] != ")":
                raise Wrong("range declares variables alone")
        self._variables += declared
        self.declared.update(declared)

    def _command(self, stage: int) -> None:
        operands: list[Operand] = []
        while True:
            self._skip()
            operand = self._operand()
            operands += [operand] if operand else []
            kind, text = self._peek()
            if kind != "space":
                break
        if not operands:
            raise Wrong(f"{text!r} stands where a value must")
        if stage > 1 and operands[0].kind in ("text", "number", "constant", "dot"):
            raise Wrong(f"{operands[0].text!r} takes no value from the one before it")
        inside = any(block.kind != "if" for block in self._blocks)
        self.uses.append(Use(operands, inside))
        if text == "|":
            self._next()
        elif kind != "end" and text != ")":
            raise Wrong(f"{text!r} stands behind a value")

    def _operand(self) -> Operand | None:
        kind, text = self._peek()
        if kind == "sign" and text not in ("(", "."):
            return None
        if kind == "end":
            return None
        self._next()
        found: Kind
        if text == "(":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise Unsure
            self._pipeline("a bracket", ")")
            self._depth -= 1
            found = "group"
        elif text == ".":
            found = "dot"
        elif kind == "name":
            found = "constant" if text in ("true", "false", "nil") else "function"
            if text in _KEYWORDS:
                raise Wrong(f"{text!r} stands within an action")
        elif kind == "number":
            if not _PLAIN.fullmatch(text):
                raise Unsure if _SELDOM.fullmatch(text) else Wrong(f"{text} is no number")
            found = "number"
        elif kind == "text":
            if not _TEXT.fullmatch(text):
                raise Wrong(f"{text} is no text") if "\\U" not in text else Unsure
            found = "text"
        elif kind == "variable":
            if text not in self._variables:
                raise Wrong(f"the variable {text} is not defined; there are {self._shown()}")
            found = "variable"
        else:
            found = "field"
        fields = []
        while self._peek()[0] == "field":
            fields.append(self._next()[1][1:])
        if fields and found in ("text", "number", "constant", "dot"):
            raise Wrong(f"{text} has no fields")
        return Operand(found, text, tuple(fields))

    def _shown(self) -> str:
        return ", ".join(sorted({*self._variables} - {"$"})) or "none"
