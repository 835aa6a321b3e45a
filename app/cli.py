"""The command line: `estate`. Exit codes: 0 done, 1 failed, 2 bad input, 3 infeasible, 4 no plan in time."""

import importlib
import pkgutil
import sys

from app import commands, screen
from app.shell import BAD_INPUT, FAILED, app
from estate.problems import InputError
from optimiser.many import AskError
from optimiser.verify import VerificationError

for _module in pkgutil.iter_modules(commands.__path__):
    importlib.import_module(f"{commands.__name__}.{_module.name}")


def main() -> None:
    """Run the command line; what the user can mend is one clear message and exit code 2."""
    try:
        app()
    except InputError as fault:
        for problem in fault.problems:
            screen.err.print(str(problem), markup=False, soft_wrap=True)
        sys.exit(BAD_INPUT)
    except (VerificationError, AskError) as fault:
        screen.err.print(str(fault), markup=False, soft_wrap=True)
        sys.exit(FAILED)
