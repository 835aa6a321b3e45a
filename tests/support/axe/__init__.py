"""axe-core, which looks for faults of accessibility in a page: fetched by npm and never committed.

`python -m tests.support.axe` installs the version of `package-lock.json`; `make test` does so by itself.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from maps import assets

HERE = Path(__file__).parent
FILES = ("axe-core/axe.min.js",)
SCRIPT = HERE / "vendor" / "axe.min.js"
_RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .map((found) => ({ rule: found.id, help: found.help, where: found.nodes.slice(0, 5).map((n) => n.html) }))"""


def install() -> bool:
    """Put the script in place. False when it was there already."""
    return assets.install(HERE, FILES)


def faults(page: Page) -> list[dict[str, Any]]:
    """Serious and critical faults of what the page shows now. Skips the test where axe-core is not installed.

    The script is evaluated by the browser's tools, which a page's security policy does not bind.
    """
    if not SCRIPT.is_file():
        pytest.skip("axe-core is not installed; run 'python -m tests.support.axe' while the machine has network")
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return found
