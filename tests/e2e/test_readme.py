"""The README's Python does what it says, and its demonstration leaves what it names."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import demo
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


def test_the_demonstration_leaves_what_the_readme_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, small in (("PROPERTIES", 40), ("ORGANISATIONS", 4), ("ZONES", 25), ("SECONDS", 10.0)):
        monkeypatch.setattr(demo, name, small)
    (listed,) = re.findall(r"leaves in `out/demo/pack/`.*?```", README.read_text(encoding="utf-8"), re.DOTALL)
    run, files = demo.run_demo(tmp_path)
    named = set(re.findall(r"`([\w.-]+\.\w+|option-2/)`", listed))

    assert run.scenario.name == demo.TOGETHER
    assert len(named) >= 8
    for name in named - ({"board.pdf"} - set(files)):
        assert (tmp_path / "pack" / name).exists(), name
