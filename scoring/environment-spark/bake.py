"""Puts the JARs that Spark needs for Delta tables on ADLS Gen2 into the installed pyspark.

    python bake.py           while an image is built: resolve the JARs of jars.lock, check, install
    python bake.py --check   do the installed packages, the lock and the JARs on disk agree?
    python bake.py --lock    make jars.lock anew for the installed packages (after a change of them)

Versions that merely start are not good enough: hadoop-azure 3.4.1 beside the Hadoop 3.5.0 that
pyspark 4.2 bundles reads tables in a test, and hadoop-azure 3.3.1 fails only at the first listing.
So the coordinates follow from what is installed, and any disagreement is an error that names both
sides. What is baked carries its own check: the package `baked_spark`, which a server calls when it
starts. Nothing is downloaded then.

A Docker build context holds only itself, so this file needs nothing but Python's own library.
Maven (`mvn`, as it is set up on the machine) is needed to bake and to lock.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

LOCK: Final = Path(__file__).with_name("jars.lock")
PACKAGE: Final = "baked_spark"
FIX: Final = "Run bake.py --lock with the packages of conda.yml installed, and build anew."
# In Maven's tree, but nothing that runs here loads them: Spark has its own newer Jackson and
# RoaringBitmap (which needs no shims any more), jcl-over-slf4j stands in for commons-logging, and
# the annotations are read by compilers only. Found by leaving each out of all tests.
_NOT_LOADED: Final = frozenset(
    {"commons-logging", "jackson-datatype-jdk8", "javax.annotation-api", "shims"}
)
_PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
_JAR_NAME: Final = re.compile(r"(?P<artifact>.+?)-(?P<version>\d[^/]*)\.jar")


class BakeError(Exception):
    """Installed packages, lock and JARs do not agree; the message lists everything."""


class Jar(NamedTuple):
    """One artifact of a Maven repository."""

    group: str
    artifact: str
    version: str

    def __str__(self) -> str:
        return ":".join(self)

    @property
    def file(self) -> str:
        """Its name in Spark's folder of JARs."""
        return f"{self.artifact}-{self.version}.jar"


class Lock(NamedTuple):
    """`versions` of what the lock was made for, and the SHA-256 of each JAR."""

    versions: Mapping[str, str]
    jars: Mapping[Jar, str]


def spark_jars() -> Path:
    """The folder of JARs that the installed pyspark always loads."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise BakeError("pyspark is not installed beside this Python")
    return Path(spec.origin).parent / "jars"


def _in_name(jars: Path, pattern: str) -> str:
    names = sorted(file.name for file in jars.glob("*.jar"))
    found = {match[1] for name in names if (match := re.fullmatch(pattern, name))}
    if len(found) != 1:
        raise BakeError(f"{len(found)} JARs in {jars} are named {pattern}, where pyspark has one")
    return found.pop()


def installed_versions(jars: Path) -> dict[str, str]:
    """What decides the coordinates: the packages, and the Scala and Hadoop inside pyspark."""
    return {
        "pyspark": importlib.metadata.version("pyspark"),
        "delta-spark": importlib.metadata.version("delta-spark"),
        "scala": _in_name(jars, r"spark-core_(\d+\.\d+)-.+\.jar"),
        "hadoop": _in_name(jars, r"hadoop-client-api-(\d[^/]*)\.jar"),
    }


def roots(versions: Mapping[str, str]) -> list[Jar]:
    """The JARs that the guide names, for these versions.

    Delta's artifact carries Spark's minor version and Scala's (delta-spark's own pip_utils.py);
    both of Hadoop's are of the Hadoop that they plug into. wildfly-openssl follows from the latter.
    """
    spark = ".".join(versions["pyspark"].split(".")[:2])
    hadoop, delta = versions["hadoop"], versions["delta-spark"]
    return [
        Jar("io.delta", f"delta-spark_{spark}_{versions['scala']}", delta),
        Jar("org.apache.hadoop", "hadoop-azure", hadoop),
        Jar("org.apache.hadoop", "hadoop-azure-datalake", hadoop),
    ]


def read_lock(text: str) -> Lock:
    """Raises BakeError for a line that is neither a version nor a JAR with its checksum."""
    versions: dict[str, str] = {}
    jars: dict[Jar, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if entry := re.fullmatch(r"([\w.-]+):([\w.-]+):([\w.-]+) sha256:([0-9a-f]{64})", line):
            jars[Jar(*entry.groups()[:3])] = entry[4]
        elif entry := re.fullmatch(r"([a-z-]+)=(\S+)", line):
            versions[entry[1]] = entry[2]
        else:
            raise BakeError(f"line {number} of {LOCK.name} is not understood: {line!r}. {FIX}")
    return Lock(versions, jars)


def lock_text(lock: Lock) -> str:
    """The same text for the same lock, whatever the order it was found in."""
    head = [
        f"# Made by bake.py --lock for these versions; {LOCK.name} and conda.yml change together."
    ]
    head += [f"{name}={version}" for name, version in lock.versions.items()]
    return (
        "\n".join([*head, *(f"{jar} sha256:{lock.jars[jar]}" for jar in sorted(lock.jars))]) + "\n"
    )


def disagreements(installed: Mapping[str, str], lock: Lock) -> Iterator[str]:
    """Where the lock was made for something else than what is installed."""
    for name, version in installed.items():
        locked = lock.versions.get(name)
        if locked != version:
            yield f"{name} {version} is installed, but {LOCK.name} was made for {locked}"
    locked_versions = {(jar.group, jar.artifact): jar.version for jar in lock.jars}
    for jar in roots(installed):
        found = locked_versions.get((jar.group, jar.artifact))
        if found != jar.version:
            yield f"{jar} belongs to what is installed, but {LOCK.name} has version {found}"


def faults_on_disk(jars: Path, lock: Lock) -> Iterator[str]:
    """Locked JARs that are missing or not the locked bytes, and other versions beside them."""
    locked = {jar.artifact: jar for jar in lock.jars}
    for jar, digest in lock.jars.items():
        file = jars / jar.file
        if not file.is_file():
            yield f"{jar} is in {LOCK.name}, but {jar.file} is not in {jars}"
        elif sha256(file) != digest:
            yield f"{file} is not the file that {LOCK.name} has the checksum of"
    for file in sorted(jars.glob("*.jar")):
        match = _JAR_NAME.fullmatch(file.name)
        jar_there = locked.get(match["artifact"]) if match else None
        if match and jar_there and match["version"] != jar_there.version:
            yield f"{file.name} lies beside {jar_there.file}: one version of a JAR only"


def sha256(file: Path) -> str:
    """Of the file's bytes, in hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _refuse(faults: Iterable[str], fix: str = FIX) -> None:
    listed = list(faults)
    if listed:
        raise BakeError("\n  ".join(["Spark's JARs do not fit together:", *listed, fix]))


def check() -> None:
    """Raises BakeError unless packages, lock and JARs on disk agree. Downloads nothing."""
    jars, lock = spark_jars(), read_lock(LOCK.read_text(encoding="utf-8"))
    _refuse(disagreements(installed_versions(jars), lock))
    _refuse(faults_on_disk(jars, lock), "Build the environment anew, so that bake.py runs in it.")


def _pom(jars: Iterable[Jar], *, transitive: bool) -> str:
    everything = "<exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>"
    exclusions = "" if transitive else f"<exclusions>{everything}</exclusions>"
    dependencies = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version>{exclusions}</dependency>"
        for jar in jars
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>baked</groupId>"
        f"<artifactId>jars</artifactId><version>1</version><dependencies>{dependencies}"
        "</dependencies></project>"
    )


def maven(folder: Path, jars: Iterable[Jar], goal: str, *, transitive: bool) -> None:
    """Runs one goal of Maven's dependency plug-in in `folder`, over these JARs."""
    command = shutil.which("mvn")
    if command is None:
        raise BakeError("Maven is needed to resolve Spark's JARs, and there is no `mvn` here")
    (folder / "pom.xml").write_text(_pom(jars, transitive=transitive), encoding="utf-8")
    options = [f"-DoutputFile={folder / 'tree.txt'}", f"-DoutputDirectory={folder / 'jars'}"]
    done = subprocess.run(
        [command, "--batch-mode", "--quiet", f"{_PLUGIN}:{goal}", *options],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise BakeError(f"Maven could not resolve Spark's JARs:\n{said}")


Resolve = Callable[..., None]


def bake(resolve: Resolve = maven) -> None:
    """Resolves the locked JARs and no others, and installs them with their check."""
    jars, lock = spark_jars(), read_lock(LOCK.read_text(encoding="utf-8"))
    _refuse(disagreements(installed_versions(jars), lock))
    # Beside the destination, so that a JAR appears there whole or not at all.
    with tempfile.TemporaryDirectory(dir=jars.parent) as name:
        folder = Path(name)
        resolve(folder, lock.jars, "copy-dependencies", transitive=False)
        _refuse(faults_on_disk(folder / "jars", lock))
        for jar in lock.jars:
            os.replace(folder / "jars" / jar.file, jars / jar.file)
    package = jars.parent.parent / PACKAGE
    package.mkdir(exist_ok=True)
    shutil.copyfile(__file__, package / "__init__.py")
    shutil.copyfile(LOCK, package / LOCK.name)
    _refuse(faults_on_disk(jars, lock))


def needed(tree: str, bundled: Iterable[str]) -> list[Jar]:
    """The JARs of Maven's dependency tree, without what Spark bundles in any version.

    hadoop-client-* and scala-library are such: Delta's own pom asks for other versions of them.
    """
    there = set(_NOT_LOADED)
    there |= {match["artifact"] for name in bundled if (match := _JAR_NAME.fullmatch(name))}
    found = re.findall(r"([\w.-]+):([\w.-]+):jar:([\w.-]+):(?:compile|runtime)", tree)
    return sorted(jar for jar in (Jar(*each) for each in found) if jar.artifact not in there)


def make_lock(resolve: Resolve = maven) -> str:
    """The text of the lock for the installed packages."""
    jars = spark_jars()
    versions = installed_versions(jars)
    ours: set[str] = set()
    if LOCK.exists():  # what an earlier bake put there is not Spark's own
        ours = {jar.file for jar in read_lock(LOCK.read_text(encoding="utf-8")).jars}
    bundled = {file.name for file in jars.glob("*.jar")} - ours
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        resolve(folder, roots(versions), "tree", transitive=True)
        wanted = needed((folder / "tree.txt").read_text(encoding="utf-8"), bundled)
        resolve(folder, wanted, "copy-dependencies", transitive=False)
        return lock_text(
            Lock(versions, {jar: sha256(folder / "jars" / jar.file) for jar in wanted})
        )


def main(arguments: list[str]) -> None:
    """Ends the process with a message, and without a stack trace, when something disagrees."""
    actions: dict[str, Callable[[], object]] = {
        "": bake,
        "--check": check,
        "--lock": lambda: LOCK.write_text(make_lock(), encoding="utf-8"),
    }
    action = actions.get(" ".join(arguments))
    if action is None:
        sys.exit("usage: bake.py [--check | --lock]")
    try:
        action()
    except BakeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
