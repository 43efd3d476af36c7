"""Processes that ask for their own page."""

from metrics_page import OPENMETRICS

ASK = f"""
import json, shutil, threading
from pathlib import Path
from labotel.configure import present
from labotel.export.page import Page
OPENMETRICS = {OPENMETRICS!r}
page = Page(present().runtime)
present().runtime.forked.append(page.forget)
folder = Path(os.environ["LABOTEL_RUNTIME_DIR"])
def ask(accept="text/plain"):
    return page.render(accept)[1].decode()
def faults():
    '''Return how often something was kept from the application, by place.'''
    metric = page.total().metrics.get("labotel_faults_total")
    return {{labels[0]: cell.value for labels, cell in metric.cells.items()}} if metric else {{}}
"""
