"""What a file is, by its content: its name is only what somebody says it is."""

from labotel.catalogs.lab.files import FileType

_PROGRAMS = (b"MZ", b"\x7fELF", b"#!")
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def is_program(content: bytes) -> bool:
    """Tell whether the content is one that a computer would run."""
    return content.startswith(_PROGRAMS)


def kind_of(content: bytes) -> FileType:
    """Return the kind of a file with this content."""
    if content.startswith(b"%PDF"):
        return FileType.PDF
    if content.startswith(_IMAGES):
        return FileType.IMAGE
    return FileType.TEXT if _is_text(content) else FileType.OTHER


def _is_text(content: bytes) -> bool:
    # Zeros are valid UTF-8, but no text has them.
    if b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
