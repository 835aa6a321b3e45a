"""The third-party files that maps carry."""

import json
import shutil
from pathlib import Path

import pytest

from estate.problems import InputError
from maps import assets
from tests.support import axe


def test_a_second_install_does_nothing() -> None:
    assert assets.install() is False, "run 'python -m maps.assets' before the tests"


@pytest.mark.parametrize("home", [assets.HERE, axe.HERE], ids=["maps", "tests"])
def test_versions_are_exact_digests_are_kept_and_no_registry_is_named(home: Path) -> None:
    wanted = json.loads((home / "package.json").read_text())["dependencies"]
    locked = json.loads((home / "package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        entry = locked[f"node_modules/{name}"]
        assert entry["version"] == version
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry


def test_nothing_in_the_files_asks_for_another_file() -> None:
    assert "url(" not in assets.leaflet_style()
    assert "sourceMappingURL" not in assets.leaflet_script()
    assert "Leaflet" in assets.leaflet_script()[:200]  # its licence line goes with it


def test_missing_files_are_named_with_the_way_to_get_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(InputError, match=r"leaflet\.js.*python -m maps\.assets"):
        assets.leaflet_script()


def test_what_npm_complains_of_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "npm"
    script.write_text("#!/bin/sh\necho 'npm error code EINTEGRITY' >&2\nexit 1\n")
    script.chmod(0o755)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(assets.HERE / name, tmp_path)
    monkeypatch.setattr(assets, "_npm", lambda: [str(script)])
    with pytest.raises(InputError, match=r"could not install them \(code EINTEGRITY\).*python -m maps\.assets"):
        assets.install(tmp_path)
    assert not (tmp_path / "vendor").exists()
