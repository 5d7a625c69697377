"""How the DOCX looks: the paragraph styles, so that a school can change them in one place."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache

import docx
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from knowledge.language.words import Language

MARGIN = Mm(25)
LINE_WIDTH = 160
"""Millimetres between the margins of an A4 page."""
FONT = "Calibri"
"""Word's own; where it is missing another takes its place. No font is put into the file."""
ARABIC_FONT = "Arial"
GREY = RGBColor(0x55, 0x55, 0x55)
BLACK = RGBColor(0, 0, 0)
LANGUAGE_TAGS: Mapping[Language, str] = {"nl": "nl-NL", "en": "en-GB"}

SIDE = '<w:left w:val="single" w:sz="18" w:space="8" w:color="B8B8B8"/>'
BOX = "".join(
    f'<w:{side} w:val="dashed" w:sz="4" w:space="6" w:color="555555"/>'
    for side in ("top", "left", "bottom", "right")
)
# Word wants the parts of an element in the order of the standard: what comes after the ones that we add
AFTER_SIZE = (
    "w:highlight",
    "w:u",
    "w:effect",
    "w:bdr",
    "w:shd",
    "w:fitText",
    "w:vertAlign",
    "w:rtl",
    "w:cs",
    "w:em",
    "w:lang",
)
AFTER_BORDER = (
    "w:shd",
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:bidi",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:jc",
    "w:outlineLvl",
    "w:rPr",
)


def new(language: Language) -> Docx:
    """An empty document with our styles: python-docx's standard ones with our looks, and the ones it
    lacks.
    """
    return docx.Document(io.BytesIO(_template(language)))


@cache
def _template(language: Language) -> bytes:
    made = docx.Document()
    _defaults(made, language)
    _styles(made)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _styles(made: Docx) -> None:
    _style(made, "Normal", 10.5, after=7)
    _style(made, "Title", 22, bold=True, after=3)
    for level, (points, before) in enumerate(((14, 18), (12, 14), (11, 12)), 1):
        _style(made, f"Heading {level}", points, bold=True, before=before, after=5)
    for name in ("List Bullet", "List Number", "List Continue"):
        _style(made, name, 10.5, after=4)
    for name in ("Header", "Footer", "Small"):
        _style(made, name, 8.5, color=GREY, after=8 if name == "Small" else 0)
    for name, size, after in (("Quote", 10.5, 3), ("Quote Source", 8.5, 10)):
        style = _style(
            made, name, size, color=GREY if name == "Quote Source" else BLACK, before=0, after=after
        )
        style.paragraph_format.left_indent = Mm(5)
        _border(style, SIDE)
    for name, bold in (("Note Label", True), ("Note", False)):
        style = _style(made, name, 9.5, bold=bold, after=4)
        style.paragraph_format.left_indent = style.paragraph_format.right_indent = Mm(3)
        style.paragraph_format.keep_with_next = bold
        _border(style, BOX, shade=True)
    for name, size, color, bold in (
        ("Cell", 9.5, BLACK, False),
        ("Cell Heading", 9.5, BLACK, True),
        ("Field Label", 9.5, GREY, False),
        ("After Table", 4, BLACK, False),
    ):
        _style(made, name, size, color=color, bold=bold, before=2, after=2)


def _defaults(made: Docx, language: Language) -> None:
    defaults = made.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = defaults.find(qn("w:lang"))
    spoken.set(qn("w:val"), LANGUAGE_TAGS[language])
    spoken.set(qn("w:bidi"), "ar-SA")
    for setting in made.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            # an older mode makes Word open the file as one of an old version
            setting.set(qn("w:val"), "15")


def _style(
    made: Docx,
    name: str,
    size: float,
    *,
    bold: bool = False,
    color: RGBColor = BLACK,
    before: float = 0,
    after: float = 0,
) -> ParagraphStyle:
    styles = made.styles
    if name not in [each.name for each in styles]:
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    style = styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f'"{name}" is no paragraph style')
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), ARABIC_FONT if script == "cs" else FONT)
    style.font.size, style.font.bold, style.font.italic, style.font.color.rgb = Pt(size), bold, False, color
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    properties.insert_element_before(
        parse_xml(f'<w:szCs {nsdecls("w")} w:val="{round(size * 2)}"/>'), *AFTER_SIZE
    )
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    own = style.element.get_or_add_pPr()
    for old in (*own.findall(qn("w:pBdr")), *own.findall(qn("w:tabs"))):
        own.remove(old)
    return style


def _border(style: ParagraphStyle, lines: str, *, shade: bool = False) -> None:
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(parse_xml(f"<w:pBdr {nsdecls('w')}>{lines}</w:pBdr>"), *AFTER_BORDER)
    if shade:
        properties.insert_element_before(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="F1F1F1"/>'),
            *AFTER_BORDER[1:],
        )
