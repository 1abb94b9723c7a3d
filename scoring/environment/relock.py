"""Makes the lock files and the conda files anew from the requirements*.in files.

Run in scoring/:  python environment/relock.py

Needs the package `uv` from the registry for the locks; `--conda-only` needs nothing. Locks are
resolved for the oldest supported Python (3.10), whose closure also installs on the newer ones: one
set of versions everywhere, no markers. A package that is already locked keeps its version; delete
the lock file to take the newest ones.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

SCORING: Final = Path(__file__).resolve().parent.parent
LOCKS: Final[dict[str, list[str]]] = {
    "requirements": [],
    "requirements-image": ["requirements"],
    "requirements-dev": ["requirements", "requirements-image"],
    "requirements-train": ["requirements", "requirements-dev"],
    "requirements-spark": ["requirements"],
}
"""Each lock, and the smaller ones that it holds: a package has one version in all of them."""

PEERS: Final = [
    str(file.relative_to(SCORING).with_suffix(""))
    for file in sorted((SCORING / "tests" / "bench" / "peers").glob("*.in"))
]
"""Locks of the benchmark's other servers, with versions of their own."""

CONDA_FILES: Final = {
    "environment/conda.yml": "requirements",
    "environment-spark/conda.yml": "requirements-spark",
}
OLDEST_PYTHON: Final = "3.10"
_PIN: Final = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", re.MULTILINE)

_CONDA_HEAD: Final = """\
# Made from {lock}.txt by environment/relock.py; change {lock}.in instead.
# The pip part is the whole closure, so that a rebuilt image is the image that was tested.
name: {name}
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip=25.2
  - pip:
"""


def pins(lock: str) -> dict[str, str]:
    """Package to version, from the text of a lock file."""
    return dict(_PIN.findall(lock))


def conda_text(name: str, lock: str) -> str:
    """The conda file for a lock file, by its name and text."""
    environment = name.replace("requirements", "flash-flood-predictor")
    head = _CONDA_HEAD.format(lock=name, name=environment)
    return head + "".join(f"      - {package}=={v}\n" for package, v in pins(lock).items())


def relock(name: str) -> None:
    """Resolves `name`.in into `name`.txt with hashes, keeping versions that are already locked."""
    options = ["--python-version", OLDEST_PYTHON, "--python-platform", "x86_64-manylinux_2_28"]
    options += ["--generate-hashes", "--no-annotate", "--no-header", "--only-binary", ":all:"]
    # The one package without wheels; its source archive is a copy of Spark and compiles nothing.
    options += ["--no-binary", "pyspark"]
    # pip before 23.3 takes coverage==1 for no pin of coverage[toml], and then refuses hashes.
    options += ["--no-strip-extras"]
    for earlier in LOCKS.get(name, []):
        constraint = SCORING / ".cache" / f"{earlier}-constraints.txt"
        constraint.parent.mkdir(exist_ok=True)
        locked = pins((SCORING / f"{earlier}.txt").read_text(encoding="utf-8"))
        lines = "".join(f"{package}=={version}\n" for package, version in locked.items())
        constraint.write_text(lines, encoding="utf-8")
        options += ["--constraint", str(constraint)]
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", *options]
    subprocess.run([*command, f"{name}.in", "-o", f"{name}.txt"], cwd=SCORING, check=True)


if __name__ == "__main__":
    if "--conda-only" not in sys.argv:
        for lock_name in [*LOCKS, *PEERS]:
            relock(lock_name)
    for conda_file, lock_name in CONDA_FILES.items():
        text = (SCORING / f"{lock_name}.txt").read_text(encoding="utf-8")
        (SCORING / conda_file).write_text(conda_text(lock_name, text), encoding="utf-8")
