"""A plain process that takes every canary in: `python -m privacy.script`."""

import logging
import os

import labotel
from privacy import declared, ways
from privacy.corpus import CANARIES

if __name__ == "__main__":
    logging.getLogger("labotel").addHandler(logging.FileHandler(os.environ["PRIVACY_OWN_LINES"]))
    labotel.configure(catalogs=[declared.catalog])
    ways.observing()
    ways.misused(CANARIES[0].text)  # first: of each kind one line a minute is said
    for canary in CANARIES:
        ways.go(canary.text, canary.known)
        if canary.known:
            ways.misused(canary.text)
    # A name in a free text leaves: what proves that the others would have been seen.
    logging.getLogger("privacy").warning("said by Numbatella")
    labotel.emit(declared.Worked(person="Numbatella"))
    labotel.shutdown()
