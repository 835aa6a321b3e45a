"""Finds a Chromium that Playwright can drive."""

import shutil
from pathlib import Path

from playwright.sync_api import Playwright

HOW_TO_GET_IT = (
    "install Chromium: apt-get install chromium on Debian; on Ubuntu, whose chromium-browser is a snap that "
    "cannot be driven, .venv/bin/playwright install --with-deps chromium"
)
FLAGS = [
    "--no-sandbox",  # its own sandbox does not start as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find(playwright: Playwright) -> Path | None:
    """The distribution's Chromium or Chrome, else the one that Playwright downloaded, else None."""
    for name in ("chromium", "google-chrome"):
        found = shutil.which(name)
        if found and "/snap/" not in str(Path(found).resolve()):
            return Path(found)
    own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None
