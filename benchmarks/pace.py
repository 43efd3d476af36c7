"""How fast this machine is at this moment: the CPU time of a fixed piece of Python work.

On a shared machine the same work takes twice as long from one second to the next, while a
neighbour uses the other half of a core. Each run asks for the pace between the parts of its work,
and its cost is taken in units of that, so that a run in a slow second is not judged by it.
"""

import time
from typing import Final

PAUSES: Final = 40
"""How often a run asks."""


def pace() -> float:
    """Return the CPU seconds that a sum takes now, about 3 ms.

    It allocates nothing that the garbage collector looks at: its time depends on the machine and
    not on the process that it runs in.
    """
    began = time.thread_time()
    total = 0
    for number in range(80_000):
        total += number
    return time.thread_time() - began
