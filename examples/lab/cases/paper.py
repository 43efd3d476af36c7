"""How the laboratory's papers look: a head, tables, paragraphs, and numbered pages.

Reports and invoices share it; what stands in them is told in `cases/pdf.py` and `orders/pdf.py`.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.contrib.auth.models import AbstractUser
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

INK = colors.HexColor("#1f3d4d")
PALE = colors.HexColor("#e8eff2")
LINE = colors.HexColor("#b7c6cd")
MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=6)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8, leading=11, textColor=colors.grey)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=9, leading=12, spaceAfter=0)
MONEY = ParagraphStyle("money", parent=CELL, alignment=2)
BOLD = ParagraphStyle("bold", parent=CELL, fontName="Helvetica-Bold")
BOLD_MONEY = ParagraphStyle("bold-money", parent=MONEY, fontName="Helvetica-Bold")
TITLE = ParagraphStyle(
    "title", parent=BODY, fontName="Helvetica-Bold", fontSize=17, leading=22, textColor=INK
)
HEADING = ParagraphStyle(
    "heading",
    parent=BODY,
    fontName="Helvetica-Bold",
    fontSize=11,
    spaceBefore=10,
    textColor=INK,
    keepWithNext=True,
)


def text(content: object, style: ParagraphStyle = BODY) -> Paragraph:
    """Return one paragraph; whatever people wrote is text and never markup."""
    return Paragraph(escape(str(content)), style)


def paragraphs(content: str) -> list[Flowable]:
    """Return a text's paragraphs: a line break begins a new one."""
    return [text(line) for line in content.splitlines() if line.strip()]


def person(user: AbstractUser) -> str:
    """Return a person's name, or the one to sign in with where there is no other."""
    return user.get_full_name() or user.get_username()


def day(moment: datetime | None) -> str:
    """Return a date as people write it."""
    return moment.strftime("%d %B %Y") if moment else "-"


def fields(pairs: Sequence[tuple[str, object]]) -> Table:
    """Return names and values, two pairs a row."""
    cells = [[text(name, BOLD), text(value, CELL)] for name, value in pairs]
    if len(cells) % 2:
        cells.append([text(""), text("")])
    rows = [left + right for left, right in zip(cells[::2], cells[1::2], strict=True)]
    table = Table(rows, colWidths=[0.17 * WIDTH, 0.33 * WIDTH] * 2)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), PALE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 1, INK),
                ("LINEBELOW", (0, -1), (-1, -1), 1, INK),
            ]
        )
    )
    return table


def listing(
    head: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float], total: bool = False
) -> Table:
    """Return a table with a head, repeated on each page, and perhaps a total as its last row.

    `widths` are shares of the page's; a cell is a Paragraph, or anything that is to be one.
    """
    cells = [[text(name, BOLD) for name in head]]
    cells += [[c if isinstance(c, Flowable) else text(c, CELL) for c in row] for row in rows]
    table = Table(cells, colWidths=[share * WIDTH for share in widths], repeatRows=1)
    style: list[tuple[Any, ...]] = [
        ("LINEBELOW", (0, 0), (-1, 0), 1, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    if total:
        style += [("BACKGROUND", (0, -1), (-1, -1), PALE), ("LINEABOVE", (0, -1), (-1, -1), 1, INK)]
    table.setStyle(TableStyle(style))
    return table


def write(path: Path, title: str, content: Sequence[Flowable]) -> int:
    """Lay the content out below its title, and write the file, which appears whole.

    Returns the number of pages. Who reads meanwhile has the old file or the new one, never a half.
    """
    unfinished = path.with_name(f"{path.stem}-{uuid.uuid4().hex}.part")
    paper = SimpleDocTemplate(
        str(unfinished),
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN + 10 * mm,
        bottomMargin=MARGIN + 5 * mm,
        title=title,
        author="The laboratory",
    )
    try:
        paper.build([text(title, TITLE), Spacer(1, 4 * mm), *content], canvasmaker=_Numbered)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return int(paper.page)


class _Numbered(Canvas):
    """A canvas that knows how many pages there are when it draws each page's head and foot."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        """Keep the page instead of writing it: the number of pages is not known yet."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the pages that were kept, each with its head and its number."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._draw_frame(number, len(self._pages))
            super().showPage()
        super().save()

    def _draw_frame(self, number: int, of: int) -> None:
        top = A4[1] - MARGIN
        self.setFillColor(INK)
        self.rect(MARGIN, top, WIDTH, 1.2 * mm, stroke=0, fill=1)
        self.setFont("Helvetica-Bold", 10)
        self.drawString(MARGIN, top + 3 * mm, "Veterinary laboratory")
        self.setFont("Helvetica", 8)
        self.drawRightString(MARGIN + WIDTH, top + 3 * mm, "cytology and histopathology")
        self.setFillColor(colors.grey)
        self.drawRightString(MARGIN + WIDTH, MARGIN - 2 * mm, f"Page {number} of {of}")
