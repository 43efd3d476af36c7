"""Chromium from Debian's packages, driven by Selenium; what its console says is kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from .debian import program

SIZE = (1180, 760)


@contextmanager
def chromium(folder: Path) -> Iterator[Chrome]:
    """A browser without a window, with a profile of its own."""
    options = ChromeOptions()
    options.binary_location = program("chromium")
    options.add_argument("--headless=new")
    options.add_argument(f"--user-data-dir={folder / 'profile'}")
    options.add_argument(f"--window-size={SIZE[0]},{SIZE[1]}")
    options.add_argument("--disable-dev-shm-usage")
    options.add_argument("--disable-background-networking")
    options.add_argument("--no-proxy-server")
    options.add_argument("--lang=en-US")
    if os.getuid() == 0:  # as which its sandbox refuses to run
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, Service(program("chromedriver")))
    try:
        driver.set_page_load_timeout(60)
        yield driver
    finally:
        driver.quit()


def complaints(driver: Chrome) -> list[str]:
    """Return what the console said since the last time that is an error or a warning."""
    return [
        f"{line['level']}: {line['message']}"
        for line in driver.get_log("browser")
        if line["level"] in ("SEVERE", "WARNING")
        and "/favicon.ico" not in line["message"]  # which each browser asks for by itself
    ]
