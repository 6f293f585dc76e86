"""The LaTeX of the records as one line of text: ``\\frac{1}{1 + e^{-x}}`` is 1/(1 + e⁻ˣ)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&~]|\s+|.", re.S)

_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "lambda": "λ", "mu": "μ", "omega": "ω",
    "phi": "φ", "pi": "π", "sigma": "σ", "tau": "τ", "Phi": "Φ", "Sigma": "Σ",
    "cdot": "·", "odot": "⊙", "times": "×", "pm": "±", "sim": "~", "ldots": "…", "dots": "…",
    "cdots": "…", "infty": "∞", "in": "∈", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
    "neq": "≠", "sum": "Σ", "prod": "Π", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖",
    "mid": "|", "top": "ᵀ", "lfloor": "⌊", "rfloor": "⌋",
}  # fmt: skip
_SPACES = {"quad": " ", "qquad": " ", ",": " ", ";": " ", ":": " ", " ": " ", "!": ""}
_SILENT = {"left", "right", "bigl", "bigr", "big", "limits", "displaystyle"}
_WRITTEN = {"text", "mathrm", "mathbf", "mathbb", "mathit", "operatorname"}
_FRACTIONS = {"frac", "tfrac", "dfrac"}

_OPEN, _CLOSE = "\x02", "\x03"
_ALONE = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")

_PRODUCT = re.compile(r"−?[\w√.·⁻]+(\([^()]*\))?")
_FACTOR = re.compile(r"√?([\d.]+|[^\W\d_]|\w*[A-Za-z]{3,}\w*)(\([^()]*\))?")
_NAME = re.compile(r"([A-Za-z]{2,}|[ΣΠ])([ᵀ⁰-⁹₀-₉ᵢ-ᵥⱼ]*|_\([^()]*\))$")

_ENDS = (")", _CLOSE)
_RELATIONS = frozenset("=<>≤≥≠~∈+−±×⊙")
_RAISED = str.maketrans("0123456789+−()nxijk", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣⁱʲᵏ")
_LOWERED = str.maketrans("0123456789+−()ijknx", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₙₓ")
_SHORT = 3
"""Longer exponents and indices are hard to read as tiny letters."""


def plain(latex: str) -> str:
    """A formula of the catalogue as a line of text."""
    text = _sequence(iter(_TOKEN.findall(latex)), end="")
    # Brackets around a fraction that has a neighbour: (1/2)x; innermost fractions first.
    while _OPEN in text:
        text = _ALONE.sub(_bracketed, text)
    return re.sub(r"\s+", " ", text).strip()


def _bracketed(fraction: re.Match[str]) -> str:
    text, (start, end) = fraction.string, fraction.span()
    beside = text[start - 1 : start].isalnum() or re.match(r"\s*[\w(√|]", text[end:])
    return f"({fraction[1]})" if beside else fraction[1]


def _sequence(tokens: Iterator[str], end: str) -> str:
    """Everything up to a closing token."""
    out = ""
    for token in tokens:
        if token == end:
            break
        out = _appended(out, token, tokens)
    return out


def _appended(out: str, token: str, tokens: Iterator[str]) -> str:
    if token in "^_":
        return out + _script(_argument(tokens), raised=token == "^")
    piece = _piece(token, tokens)
    if piece in _RELATIONS:
        # After nothing, an opening bracket or another operator, a sign belongs to its number.
        unary = piece in "−+±" and (not out.strip() or out.rstrip()[-1] in "([{,;|=<>≤≥≠·~/")
        return out + piece if unary else f"{out.rstrip()} {piece} "
    if piece == ",":
        return out.rstrip() + ", "
    if len(piece) > 1 and piece[0].isalpha() and (out[-1:].isalnum() or out[-1:] in _ENDS):
        return f"{out} {piece}"  # the name of a function beside a factor
    if piece[:1].isalnum() and _NAME.search(out):
        return f"{out} {piece}"  # a factor beside the name of a function
    return out + piece


def _piece(token: str, tokens: Iterator[str]) -> str:
    if token == "{":
        return _sequence(tokens, "}")
    if token == "-":
        return "−"
    if token.isspace() or token == "~":
        return ""
    if token == "&":
        return " if "
    if not token.startswith("\\"):
        return token
    return _command(token[1:], tokens)


def _command(name: str, tokens: Iterator[str]) -> str:
    if name in _FRACTIONS:
        above, below = _argument(tokens), _argument(tokens)
        return f"{_OPEN}{_grouped(above, _PRODUCT)}/{_grouped(below, _FACTOR)}{_CLOSE}"
    if name == "sqrt":
        inside = _argument(tokens)
        return f"√{inside}" if len(inside) == 1 else f"√({inside})"
    if name in _WRITTEN:
        return _argument(tokens, written=True)
    if name in ("begin", "end"):
        _argument(tokens)
        return ""
    if name == "\\":
        return "; "
    if name in _SILENT:
        return ""
    return _SPACES.get(name) or _SYMBOLS.get(name) or name


def _argument(tokens: Iterator[str], written: bool = False) -> str:
    """The next group or single token; a ``written`` one keeps its spaces."""
    token = next(tokens, "")
    while token.isspace():
        token = next(tokens, "")
    if token != "{":
        return _piece(token, tokens)
    if not written:
        return _sequence(tokens, "}").strip()
    letters = []
    for letter in tokens:
        if letter == "}":
            break
        letters.append(letter.removeprefix("\\"))
    return "".join(letters)


def _script(text: str, raised: bool) -> str:
    tight = text.replace(" ", "")
    if raised and tight == "ᵀ":
        return tight
    letters = _RAISED if raised else _LOWERED
    if len(tight) <= _SHORT and all(ord(letter) in letters for letter in tight):
        return tight.translate(letters)
    if len(text) == 1 or not (raised or re.search(r"\W", text)):
        return ("^" if raised else "_") + text
    return f"{'^' if raised else '_'}({text})"


def _grouped(text: str, bare: re.Pattern[str]) -> str:
    """In brackets, unless it needs none."""
    return text if bare.fullmatch(text) else f"({text})"
