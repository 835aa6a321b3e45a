"""Reference data that ships with the product: the column dictionary, dated rates and service standards."""

from pathlib import Path

FOLDER = Path(__file__).parent
