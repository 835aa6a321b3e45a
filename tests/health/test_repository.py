"""The files around the code say what is so."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Written in two parts, so that this file holds none of them.
FORBIDDEN = [
    "/" + "work/",
    "/" + "home/",
    "/" + "root/",
    "/" + "Users/",
    "py" + "pi.org",
    "python" + "hosted.org",
    "np" + "mjs",
    "BEGIN " + "PRIVATE KEY",
]


def _tracked() -> list[Path]:
    """What is, or is about to be, part of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in _tracked()
        for word in FORBIDDEN
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]

    assert found == []


def test_no_real_data_and_no_large_file_is_in_the_repository() -> None:
    assert [str(path) for path in _tracked() if path.stat().st_size > 500_000] == []


def _pins() -> dict[str, list[str]]:
    """The versions that the lock names, by package; one for each kind of machine."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", LOCK, re.MULTILINE):
        found.setdefault(_plain(name), []).append(version)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("line", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]])
def test_every_dependency_is_locked_at_a_version_that_fits(line: str) -> None:
    wanted = Requirement(line)
    versions = _pins().get(_plain(wanted.name), [])

    assert versions, f"{line} is not in requirements.lock: run make lock"
    assert all(wanted.specifier.contains(version) for version in versions)


def test_every_pin_of_the_lock_has_a_hash_and_none_has_an_address() -> None:
    entries = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)

    assert [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|^-|--(index|find|trusted)", LOCK, re.MULTILINE)


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert re.findall(r"^  make ([\w-]+) +\S", done.stdout, re.MULTILINE) == phony.split()


def test_ci_runs_the_command_of_the_readme() -> None:
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\nmake demo\n" in readme
    assert "\nmake test\n" in readme


@pytest.mark.parametrize("page", [path for path in _tracked() if path.suffix == ".md"], ids=lambda path: path.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_compose_file_keeps_secrets_out_and_waits_for_a_healthy_database() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    database, estate = compose["services"]["database"], compose["services"]["estate"]

    assert database["image"] == "postgis/postgis:16-3.4"
    assert database["healthcheck"]["test"][1] == "pg_isready"
    assert estate["depends_on"]["database"]["condition"] == "service_healthy"
    for secret in (database["environment"]["POSTGRES_PASSWORD"], estate["environment"]["PGPASSWORD"]):
        assert secret.startswith("${ESTATE_DATABASE_PASSWORD:?")
    named = {volume.split(":")[0] for service in (database, estate) for volume in service["volumes"]}
    assert named == set(compose["volumes"])


def test_the_image_is_made_of_files_that_exist_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if re.match(r"COPY (?!--)", line) for name in line.split()[1:-1]]
    start = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8")

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert [name for name in copied if f"!{name}\n" not in kept and f"!{name}/**\n" not in kept] == []
    assert "USER estate" in lines[start:]
    dev = {_plain(Requirement(line).name) for line in PROJECT["optional-dependencies"]["dev"]}
    uninstalled = re.search(r"pip uninstall --yes ((?:.|\\\n)*?)\n\n", "\n".join(lines))
    assert uninstalled
    assert {_plain(name) for name in uninstalled[1].replace("\\\n", " ").split()} == dev


def test_the_hooks_before_a_commit_use_what_is_installed() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))

    (local,) = config["repos"]
    assert local["repo"] == "local"
    assert all(hook["entry"].startswith(".venv/bin/") for hook in local["hooks"])
