"""`python -m maps.assets`: fetch the third-party files of the maps. Safe and quick to run again."""

import sys

from estate.problems import InputError
from maps import assets


def main() -> int:
    """Exit code 0 when the files are in place, 1 when they could not be fetched."""
    try:
        done = assets.install()
    except InputError as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"Map files are {'installed' if done else 'in place'} in {assets.VENDOR}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
