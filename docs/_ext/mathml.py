"""Formulas as MathML, which browsers set by themselves: no script, no font, no network."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx

_SPACE = '<mspace width="0.167em"/>'
_NAME = r"<mi>[A-Za-z]{2,}</mi>"

# What TeX does and the converter leaves out, in this order.
_SPACING = (
    # The converter takes max for an operator, with much space around it.
    (r"<mo>([A-Za-z]{2,})</mo>", r"<mi>\1</mi>"),
    # A bar belongs to what it encloses.
    (r"<mo[^>]*>(&#x0007C;)</mo>", r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>'),
    # After a bracket, a comma or an operator a minus is a sign.
    (r"(<mo[^>]*>(?!&#x00029;|&#x0005D;|&#x0007C;)[^<]*</mo>)<mo>(&#x02212;)</mo>",
     r'\1<mo form="prefix">\2</mo>'),
    # A thin space between the name of a function and a factor before or after it.
    (rf"(</m(?:i|n|sup|sub|frac)>)({_NAME}|<msu[bp]>{_NAME})", rf"\1{_SPACE}\2"),
    (rf"((?<!<msu[bp]>){_NAME}|<msub>{_NAME}<m.*?</msub>)(<m[insf])", rf"\1{_SPACE}\2"),
)  # fmt: skip


def mathml(latex: str, display: str) -> str:
    """The element ``<math>`` of a formula; ``display`` is "inline" or "block"."""
    # The converter leaves TeX's escape in the text.
    source = re.sub(r"\\text\{[^}]*\}", lambda text: text[0].replace(r"\_", "_"), latex)
    # Two commands that it does not know.
    source = source.replace("~", r"\sim ").replace(r"\arg", r"\operatorname{arg}")
    element = str(convert(source, display=display))
    for pattern, replacement in _SPACING:
        element = re.sub(pattern, replacement, element)
    return element


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math-block">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer as ``html_math_renderer = "mathml"``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
