"""One version of each package everywhere: locks, conda file, and what is installed here."""

from __future__ import annotations

import importlib.metadata
import re
import runpy
from collections.abc import Callable

import pytest
import yaml

from tests.helpers import SCORING

RELOCK = runpy.run_path(str(SCORING / "environment" / "relock.py"), run_name="relock")
pins: Callable[[str], dict[str, str]] = RELOCK["pins"]


def text(name: str) -> str:
    return (SCORING / name).read_text(encoding="utf-8")


CONDA_FILES: dict[str, str] = RELOCK["CONDA_FILES"]


def test_there_is_a_conda_file_for_each_environment() -> None:
    assert CONDA_FILES == {
        "environment/conda.yml": "requirements",
        "environment-spark/conda.yml": "requirements-spark",
    }


@pytest.mark.parametrize(("conda_file", "lock"), CONDA_FILES.items())
def test_a_conda_file_is_made_from_its_lock(conda_file: str, lock: str) -> None:
    assert text(conda_file) == RELOCK["conda_text"](lock, text(f"{lock}.txt"))


@pytest.mark.parametrize(("conda_file", "lock"), CONDA_FILES.items())
def test_a_conda_file_pins_the_whole_closure_exactly(conda_file: str, lock: str) -> None:
    conda = yaml.safe_load(text(conda_file))
    *packages, pip = conda["dependencies"]

    assert packages == ["python=3.11", "pip=25.2"]
    assert list(pip) == ["pip"]
    assert dict(line.split("==") for line in pip["pip"]) == pins(text(f"{lock}.txt"))
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", line) for line in pip["pip"])


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("requirements.txt", "requirements-image.txt"),
        ("requirements-image.txt", "requirements-dev.txt"),
        ("requirements.txt", "requirements-spark.txt"),
        ("requirements-dev.txt", "requirements-train.txt"),
    ],
)
def test_a_larger_lock_holds_the_smaller_one(smaller: str, larger: str) -> None:
    assert pins(text(smaller)).items() <= pins(text(larger)).items()


@pytest.mark.parametrize("lock", [f"{name}.txt" for name in [*RELOCK["LOCKS"], *RELOCK["PEERS"]]])
def test_a_lock_pins_with_hashes_and_without_conditions(lock: str) -> None:
    content = text(lock)
    entries = re.split(r"\n(?=[a-z])", content.strip())

    assert len(entries) == len(pins(content))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert ";" not in content
    assert "://" not in content


def test_every_pin_of_what_is_asked_for_is_in_the_lock() -> None:
    for name in RELOCK["LOCKS"]:
        asked = pins(text(f"{name}.in"))
        assert asked.items() <= pins(text(f"{name}.txt")).items()
    assert pins(text("requirements.in"))["azureml-inference-server-http"] == "1.5.1"


def test_what_is_installed_here_is_what_is_locked() -> None:
    locked = pins(text("requirements-dev.txt"))
    installed = {name: importlib.metadata.version(name) for name in locked}

    assert installed == locked


def test_the_supported_pythons_agree() -> None:
    project = text("pyproject.toml")

    assert 'requires-python = ">=3.10"' in project
    assert 'target-version = "py310"' in project
    assert RELOCK["OLDEST_PYTHON"] == "3.10"
