"""What a request asks for, by its Accept header."""


def wants_html(accept: str) -> bool:
    """Tell whether a browser asks: it names HTML, and JSON no sooner."""
    for form in accept.split(","):
        name = form.partition(";")[0].strip().lower()
        if name in ("text/html", "application/xhtml+xml"):
            return True
        if name == "application/json":
            return False
    return False
