"""The Swagger documents of a script: server/swagger.py of azmlinfsrv 1.5.1.

Their frame is that package's own template, read from where it is installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from scorehost.logs import logger
from scorehost.script import Script, is_decorated
from scorehost.settings import Settings


class _Version(NamedTuple):
    names: tuple[str, ...]
    template: str
    own_files: tuple[str, ...]
    openapi: str | None = None


_VERSIONS: Final = (
    _Version(("2", "2.0"), "swagger2_template.json", ("swagger.json", "swagger2.json")),
    _Version(("3", "3.0"), "swagger3_template.json", ("swagger3.json",)),
    _Version(("3.1",), "swagger3_template.json", ("swagger3.1.json",), openapi="3.1.0"),
)
NAMES: Final = tuple(name for version in _VERSIONS for name in version.names)
"""What a caller may ask for."""

_UNDECORATED: Final[dict[str, Any]] = {"type": "object", "example": {}}


def documents(script: Script, settings: Settings) -> tuple[dict[str, bytes], list[str]]:
    """The document of each name, and the versions that there are."""
    found: dict[str, bytes] = {}
    versions = []
    for version in _VERSIONS:
        document = _own(version, settings.app_root) or _generated(version, script, settings)
        if document is None:
            continue
        versions.append(version.names[0])
        text = json.dumps(document).encode()
        found.update(dict.fromkeys(version.names, text))
    logger.info("Swaggers are prepared for the following versions: [%s].", ", ".join(versions))
    return found, versions


def refused(version: str, supported: list[str]) -> str:
    """Why there is no document for a version."""
    what = "is not supported for the scoring script. Supported swagger versions"
    if version not in NAMES:
        what = "is not valid. Supported versions"
    return f"Swagger version [{version}] {what}: [{', '.join(supported)}]."


def _own(version: _Version, app_root: str) -> Any:
    for name in version.own_files:
        file = Path(app_root) / name
        if file.is_file():
            return json.loads(file.read_text(encoding="utf-8"))
    return None


def _generated(version: _Version, script: Script, settings: Settings) -> Any:
    template = _template(version.template)
    if template is None:
        return None
    given = returned = _UNDECORATED
    if is_decorated(script.run):
        schema = importlib.import_module("inference_schema.schema_util")
        if not set(version.names) & set(schema.get_supported_versions(script.run)):
            return None
        given, returned = schema.get_input_schema(script.run), schema.get_output_schema(script.run)
    prefix = settings.service_path_prefix.strip("/")
    document = json.loads(
        template.replace("$SERVICE_NAME$", settings.service_name)
        .replace("$SERVICE_VERSION$", settings.service_version)
        .replace("$PATH_PREFIX$", f"/{prefix}" if prefix else "")
    )
    schemas = (
        document["definitions"] if "definitions" in document else document["components"]["schemas"]
    )
    schemas["ServiceInput"], schemas["ServiceOutput"] = given, returned
    if version.openapi is not None:
        document["openapi"] = version.openapi
    return document


def _template(name: str) -> str | None:
    # Found without importing the package, which would import Flask and OpenTelemetry.
    specification = importlib.util.find_spec("azureml_inference_server_http")
    for place in (specification and specification.submodule_search_locations) or ():
        file = Path(place) / "server" / name
        if file.is_file():
            return file.read_text(encoding="utf-8")
    return None
