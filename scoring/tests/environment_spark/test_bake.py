"""bake.py over a folder that looks like an installed pyspark; tests/spark runs in a real one."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.helpers import SCORING

FOLDER = SCORING / "environment-spark"
VERSIONS = {"pyspark": "4.2.0", "delta-spark": "4.4.0", "scala": "2.13", "hadoop": "3.5.0"}
BUNDLED = [
    "spark-core_2.13-4.2.0.jar",
    "hadoop-client-api-3.5.0.jar",
    "hadoop-client-runtime-3.5.0.jar",
]
ROOTS = [
    "io.delta:delta-spark_4.2_2.13:4.4.0",
    "org.apache.hadoop:hadoop-azure:3.5.0",
    "org.apache.hadoop:hadoop-azure-datalake:3.5.0",
]
LOCKED = [*ROOTS, "org.wildfly.openssl:wildfly-openssl:2.2.5.Final"]


def content(name: str) -> bytes:
    return f"the bytes of {name}".encode()


def digest(coordinate: str) -> str:
    return hashlib.sha256(content(coordinate.split(":")[1])).hexdigest()


def lock_text(coordinates: Iterable[str] = tuple(LOCKED), **versions: str) -> str:
    head = {**VERSIONS, **{k.replace("_", "-"): v for k, v in versions.items()}}
    lines = [f"{name}={version}" for name, version in head.items()]
    return "\n".join([*lines, *(f"{c} sha256:{digest(c)}" for c in coordinates)]) + "\n"


@pytest.fixture
def bake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script beside a good lock, with a pyspark of 4.2.0 that has nothing baked in."""
    spec = importlib.util.spec_from_file_location("bake", FOLDER / "bake.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bake", module)
    spec.loader.exec_module(module)
    jars = tmp_path / "site-packages" / "pyspark" / "jars"
    jars.mkdir(parents=True)
    for name in BUNDLED:
        (jars / name).write_bytes(b"")
    (tmp_path / "jars.lock").write_text(lock_text())
    monkeypatch.setattr(module, "LOCK", tmp_path / "jars.lock")
    monkeypatch.setattr(module, "spark_jars", lambda: jars)
    versions = {name: VERSIONS[name] for name in ("pyspark", "delta-spark")}
    monkeypatch.setattr(importlib.metadata, "version", versions.__getitem__)
    return module


def jars_of(bake: Any) -> Path:
    folder: Path = bake.spark_jars()
    return folder


def repository(asked: list[list[str]]) -> Callable[..., None]:
    """Gives every JAR that is asked for, as Maven would."""

    def resolve(folder: Path, jars: Iterable[Any], goal: str, *, transitive: bool) -> None:
        asked.append([goal, str(transitive), *map(str, jars)])
        (folder / "jars").mkdir(exist_ok=True)
        for jar in jars:
            (folder / "jars" / jar.file).write_bytes(content(jar.artifact))

    return resolve


def refusal(bake: Any, call: Callable[[], object]) -> str:
    with pytest.raises(bake.BakeError) as raised:
        call()
    return str(raised.value)


def test_the_locked_jars_and_no_others_are_resolved_and_installed_with_their_check(
    bake: Any,
) -> None:
    asked: list[list[str]] = []
    bake.bake(repository(asked))

    assert [(goal, transitive, sorted(jars)) for goal, transitive, *jars in asked] == [
        ("copy-dependencies", "False", sorted(LOCKED))
    ]
    installed = {file.name for file in jars_of(bake).iterdir()} - set(BUNDLED)
    assert installed == {f"{a}-{v}.jar" for _, a, v in (c.split(":") for c in LOCKED)}
    bake.check()
    package = jars_of(bake).parent.parent / "baked_spark"
    assert (package / "__init__.py").read_bytes() == (FOLDER / "bake.py").read_bytes()
    assert (package / "jars.lock").read_text() == lock_text()
    assert [file.name for file in jars_of(bake).parent.iterdir()] == ["jars"]


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        (
            lock_text(pyspark="4.1.0"),
            ["pyspark 4.2.0 is installed, but jars.lock was made for 4.1.0"],
        ),
        (
            lock_text(delta_spark="4.4.1"),
            ["delta-spark 4.4.0 is installed, but jars.lock was made for 4.4.1"],
        ),
        (
            lock_text(hadoop="3.4.1"),
            ["hadoop 3.5.0 is installed, but jars.lock was made for 3.4.1"],
        ),
        (
            lock_text([c.replace("azure:3.5.0", "azure:3.4.1") for c in LOCKED]),
            [
                "org.apache.hadoop:hadoop-azure:3.5.0 belongs to what is installed,"
                " but jars.lock has version 3.4.1"
            ],
        ),
        (
            lock_text([c.replace("spark_4.2", "spark_4.1") for c in LOCKED]),
            [
                "io.delta:delta-spark_4.2_2.13:4.4.0 belongs to what is installed,"
                " but jars.lock has version None"
            ],
        ),
        (
            lock_text([]),
            [
                f"{root} belongs to what is installed, but jars.lock has version None"
                for root in ROOTS
            ],
        ),
    ],
)
def test_a_lock_for_other_versions_is_refused_at_build_and_at_start(
    bake: Any, lock: str, expected: list[str]
) -> None:
    bake.bake(repository([]))
    bake.LOCK.write_text(lock)
    fix = "Run bake.py --lock with the packages of conda.yml installed, and build anew."
    message = "\n  ".join(["Spark's JARs do not fit together:", *expected, fix])

    assert refusal(bake, lambda: bake.bake(repository([]))) == message
    assert refusal(bake, bake.check) == message


def test_a_jar_with_other_bytes_is_refused_and_not_installed(bake: Any) -> None:
    def tampered(folder: Path, jars: Iterable[Any], goal: str, *, transitive: bool) -> None:
        repository([])(folder, jars, goal, transitive=transitive)
        (folder / "jars" / "hadoop-azure-3.5.0.jar").write_bytes(b"other")

    message = refusal(bake, lambda: bake.bake(tampered))
    assert "hadoop-azure-3.5.0.jar is not the file that jars.lock has the checksum of" in message
    assert sorted(file.name for file in jars_of(bake).iterdir()) == sorted(BUNDLED)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda jars: (jars / "hadoop-azure-3.5.0.jar").unlink(),
            "hadoop-azure:3.5.0 is in jars.lock, but hadoop-azure-3.5.0.jar is not in",
        ),
        (
            lambda jars: (jars / "hadoop-azure-3.5.0.jar").write_bytes(b"other"),
            "hadoop-azure-3.5.0.jar is not the file that jars.lock has the checksum of",
        ),
        (
            lambda jars: (jars / "hadoop-azure-3.4.1.jar").write_bytes(b""),
            "hadoop-azure-3.4.1.jar lies beside hadoop-azure-3.5.0.jar: one version of a JAR only",
        ),
    ],
)
def test_jars_on_disk_that_are_not_as_locked_are_refused_at_start(
    bake: Any, change: Callable[[Path], object], expected: str
) -> None:
    bake.bake(repository([]))
    change(jars_of(bake))
    message = refusal(bake, bake.check)

    assert expected in message
    assert message.endswith("Build the environment anew, so that bake.py runs in it.")


def test_nothing_baked_is_refused_at_start_with_every_jar(bake: Any) -> None:
    assert refusal(bake, bake.check).count("is in jars.lock, but") == len(LOCKED)


def test_a_pyspark_with_two_hadoops_is_refused(bake: Any) -> None:
    (jars_of(bake) / "hadoop-client-api-3.4.2.jar").write_bytes(b"")

    assert refusal(bake, bake.check).startswith("2 JARs in ")


def test_a_lock_that_is_not_understood_is_refused_with_its_line(bake: Any) -> None:
    bake.LOCK.write_text(f"{lock_text()}a:b:1 md5:0\n")

    assert "line 9 of jars.lock is not understood: 'a:b:1 md5:0'" in refusal(bake, bake.check)


def test_the_lock_is_made_of_mavens_tree_without_what_spark_bundles(bake: Any) -> None:
    def resolve(folder: Path, jars: Iterable[Any], goal: str, *, transitive: bool) -> None:
        if goal == "tree":
            assert transitive and [str(jar) for jar in jars] == ROOTS
            more = ["org.apache.hadoop:hadoop-client-api:jar:3.4.2:runtime"]
            more += ["commons-logging:commons-logging:jar:1.2:compile"]
            more += [
                ":".join([*c.split(":")[:2], "jar", c.split(":")[2], "compile"]) for c in LOCKED
            ]
            (folder / "tree.txt").write_text(
                "baked:jars:jar:1\n" + "\n".join(f"+- {m}" for m in more)
            )
        else:
            repository([])(folder, jars, goal, transitive=transitive)

    text = bake.make_lock(resolve)
    lock = bake.read_lock(text)
    assert dict(lock.versions) == VERSIONS
    assert sorted(map(str, lock.jars)) == sorted(LOCKED)
    assert lock.jars == bake.read_lock(lock_text()).jars
    bake.bake(repository([]))
    assert bake.make_lock(resolve) == text, "what was baked does not count as part of Spark"


def test_no_maven_is_said(bake: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "there is no `mvn` here" in refusal(bake, bake.bake)


def test_mavens_failure_is_shown(
    bake: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mvn").write_text("#!/bin/sh\necho no such artifact\nexit 1\n")
    (tmp_path / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert refusal(bake, bake.bake) == "Maven could not resolve Spark's JARs:\nno such artifact"
    assert sorted(file.name for file in jars_of(bake).iterdir()) == sorted(BUNDLED)


@pytest.mark.parametrize("arguments", [["--check"], ["--nonsense"], []])
def test_a_failure_ends_the_command_with_a_message_and_no_stack_trace(arguments: list[str]) -> None:
    """Here there is no pyspark, which is the first thing that can be wrong."""
    if importlib.util.find_spec("pyspark") is not None and arguments != ["--nonsense"]:
        pytest.skip("pyspark is installed here")
    command = [sys.executable, str(FOLDER / "bake.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)

    expected = "usage: bake.py [--check | --lock]\n"
    if arguments != ["--nonsense"]:
        expected = "pyspark is not installed beside this Python\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected)


def test_the_committed_lock_is_for_the_packages_of_the_conda_file() -> None:
    conda, lock = ((FOLDER / name).read_text() for name in ("conda.yml", "jars.lock"))

    for name in ("pyspark", "delta-spark"):
        assert f"\n{name}={VERSIONS[name]}\n" in lock
        assert f" {name}=={VERSIONS[name]}\n" in conda
    assert lock.count(" sha256:") == 15
    coordinates = [line.split(" ")[0].split(":") for line in lock.splitlines()[5:]]
    assert coordinates == sorted(coordinates)
    assert "://" not in lock
