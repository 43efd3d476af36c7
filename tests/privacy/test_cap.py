"""Five thousand users through a label with a cap: the series stay few, the total stays exact."""

import re
from collections import Counter

from labotel.viewer.receiver import Receiver
from metrics_page import OPENMETRICS, Page
from running import python

CAP = 20
USERS = 5_000
PROCESSES = 4
SCRIPT = """
import os
from typing import Annotated
import labotel
from labotel import Catalog, Counter, Event, Limited
from labotel.export.page import Page

class Acted(Event, name="cap.acted", instruments=(Counter("acts_total", by=("user",)),)):
    user: Annotated[str, Limited(20)]

labotel.configure(catalogs=[Catalog("cap", events=[Acted])], instrument=[])
def act(first):
    for n in range(first, 5_000, 4):
        labotel.emit(Acted(user=f"u-{n}"))
children = []
for first in range(1, 4):
    child = os.fork()
    if not child:
        act(first)
        labotel.shutdown()
        os._exit(0)
    children.append(child)
act(0)
assert labotel.flush(20)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
from labotel.configure import present
for accept in ("text/plain", "%s"):
    print("PAGE")
    print(Page(present().runtime).render(accept)[1].decode())
labotel.shutdown()
"""


def test_no_more_series_than_the_cap_and_one(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """In each of four processes, at the receiver and on the page: what is past the cap is counted.

    5,000 users in all: 4 x 20 have a series of their own, 4,920 are `other`.
    """
    said = python(SCRIPT % OPENMETRICS, environment, timeout=100)
    store = receiver.store
    points = [p for p in store.points if p.name == "acts_total"]
    by_process = Counter(point.resource["service.instance.id"] for point in points)
    assert len(by_process) == PROCESSES
    assert set(by_process.values()) == {CAP + 1}
    past = USERS - PROCESSES * CAP
    assert store.total("acts_total") == USERS
    assert store.total("acts_total", user="other") == past
    replaced = {"metric_label": "acts_total.user", "reason": "limit"}
    assert store.total("labotel_values_replaced_total", **replaced) == past
    for accept, text in zip(("text/plain", OPENMETRICS), said.split("PAGE\n")[1:], strict=True):
        page = Page.read(accept, text.rstrip("\n") + "\n")
        assert len(page.values("acts_total", "user")) == PROCESSES * CAP + 1
        assert page.total("acts_total") == USERS
        assert page.total("acts_total", user="other") == past
    users = set(re.findall(r'user="(u-\d+)"', said))
    assert len(users) == PROCESSES * CAP
