"""`python -m tests.support.axe`: fetch axe-core for the tests. Safe and quick to run again."""

import sys

from estate.problems import InputError
from tests.support import axe

if __name__ == "__main__":
    try:
        axe.install()
    except InputError as fault:
        sys.exit(str(fault))
