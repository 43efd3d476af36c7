"""Become another program that is asked to end when its parent ends, however that ends.

    python launch.py PARENT PROGRAM [ARGUMENT ...]

A parent that is killed ends nobody: this is the kernel's doing, and so only where there is Linux.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, *command: str) -> None:
    """Tie this process to its parent, and become the program, which stays tied."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            return  # it ended in between
    os.execv(command[0], command)  # the caller's own command


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
