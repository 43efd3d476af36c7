"""How big a database is, by its kind."""

from typing import Final

from labotel.pages.health import Finding

SIZES: Final = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "mysql": "SELECT SUM(data_length + index_length) FROM information_schema.tables "
    "WHERE table_schema = DATABASE()",
}
"""What asks for the bytes, by Django's word for the kind."""


def sized(kind: str, size: int | None, most: int | None) -> Finding:
    """Judge a database that answered: a size past the one that was set is a warning."""
    if size is None or most is None:
        return Finding("healthy", f"{kind} answers")
    text = f"{kind} answers, {size / 1e6:.1f} MB"
    if size > most:
        return Finding("warning", f"{text}, past {most / 1e6:.1f} MB")
    return Finding("healthy", text)
