"""Which integrations there are, and how each is joined to what `configure` builds.

One module an integration, named in `known.py` and imported where its packages are installed.
"""
