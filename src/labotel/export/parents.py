"""What a process knows of the one that it came from: whether it lives, and how its end comes."""

import os
import sys
from collections.abc import Callable


def lives(pid: int) -> bool:
    """Tell whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def end_with_multiprocessing(finish: Callable[[], object]) -> None:
    """Let a child of `multiprocessing` finish: it leaves by `os._exit`, past every atexit."""
    util = sys.modules.get("multiprocessing.util")
    process = sys.modules.get("multiprocessing.process")
    if util is not None and process is not None and process.parent_process() is not None:
        util.Finalize(None, finish, exitpriority=1)
