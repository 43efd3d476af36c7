"""Acts when the application imports a framework, and never imports one itself."""

import sys
from collections.abc import Callable
from typing import Any

from wrapt import register_post_import_hook


def when_imported(module: str, act: Callable[[Any], None]) -> None:
    """Call `act` with the module: at once where it is imported already, else when it is."""
    if module in sys.modules:
        act(sys.modules[module])
    else:
        register_post_import_hook(act, module)
