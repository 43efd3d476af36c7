"""Text as a PDF file, by the standard library alone."""

import textwrap
from pathlib import Path

LINES_PER_PAGE = 48
_TOP = 790
_LEADING = 15


def paginate(text: str) -> list[list[str]]:
    """Break a text into pages of lines; there is at least one page."""
    lines = [line for part in text.splitlines() for line in (textwrap.wrap(part, 85) or [""])]
    starts = range(0, max(len(lines), 1), LINES_PER_PAGE)
    return [lines[start : start + LINES_PER_PAGE] for start in starts]


def write(path: Path, pages: list[list[str]]) -> int:
    """Write the pages to a file, which appears whole; return its number of bytes."""
    content = _document([_stream(page) for page in pages])
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return len(content)


def _stream(page: list[str]) -> bytes:
    """Return the drawing instructions of one page."""
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in page)
    text = f"BT /F1 11 Tf {_LEADING} TL 56 {_TOP} Td\n{shown}ET"
    return text.encode("cp1252", errors="replace")


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _document(streams: list[bytes]) -> bytes:
    """Join a catalogue, the page tree, a font, and two objects a page, with their index."""
    numbers = [4 + 2 * i for i in range(len(streams))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in zip(numbers, streams, strict=True):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """Number the objects and add the table that says where each begins."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)
