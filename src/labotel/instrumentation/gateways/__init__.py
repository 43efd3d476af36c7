"""Requests as a server hands them over, by WSGI or by ASGI, whichever framework serves them."""
