"""The README's Python does what it says."""

import re
import subprocess
import sys
from pathlib import Path

from estate.synthetic import generate

README = Path(__file__).parents[2] / "README.md"


def test_the_readmes_python_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "script.py").write_text(code, encoding="utf-8")
    generate(30, 3, 16, seed=2).write(tmp_path / "place")
    command = [sys.executable, "-W", "error", "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(("proven", "within_gap"))
    assert (tmp_path / "out" / "place" / "map.html").exists()
