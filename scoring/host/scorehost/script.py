"""Loads a scoring script and calls its functions: server/user_script.py of azmlinfsrv 1.5.1.

Beside init() and run(), which that server calls, a script may have

    before_request(request) -> response | None     looks at a request first; what it returns is
                                                   answered instead of calling run()
    unready() -> str | None                        why the deployment should take no requests
    max_body_bytes() -> int                        longer bodies are refused unread
    run_batch(inputs) -> outputs                   run() for several requests at once, in their
                                                   order: see WORKER_BATCH_SIZE

azmlinfsrv ignores them. A script that exports none of them is served in the same way by both.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from scorehost import arguments, flask_bridge
from scorehost.logs import logger
from scorehost.request import Request
from scorehost.settings import Settings


class ScriptError(Exception):
    """The script cannot be served."""


class Script:
    """A loaded script. `run` takes the arguments by name."""

    def __init__(self, module: ModuleType) -> None:
        self.init: Callable[[], None] = module.init
        # A driver script, which some of Azure's tools generate, has init() of its own only.
        driven = getattr(module, "driver_module", None)
        is_driver = isinstance(driven, ModuleType) and hasattr(driven, "run")
        self.run: Callable[..., Any] = (
            driven.run if isinstance(driven, ModuleType) and is_driver else module.run
        )
        self.before_request: Callable[[Request], Any] | None = getattr(
            module, "before_request", None
        )
        self.run_batch: Callable[[list[Any]], Any] | None = getattr(module, "run_batch", None)
        self.unready: Callable[[], str | None] | None = getattr(module, "unready", None)
        self._max_body_bytes: Callable[[], int] = getattr(module, "max_body_bytes", lambda: 0)
        self.takes_headers = False
        self.takes_flask_request = False
        self.arguments_of = self._parser()

    def max_body_bytes(self) -> int:
        """The script's limit, which init() may have found; 0: none."""
        return self._max_body_bytes()

    def call(self, request: Request, given: dict[str, Any]) -> Any:
        """Calls run()."""
        if self.takes_headers:
            return self.run(**given, request_headers=request.script_headers())
        return self.run(**given)

    def call_batch(self, given: Sequence[dict[str, Any]]) -> list[Any]:
        """Calls run_batch(): an input is what run() gets, the text of the body, or where it is
        decorated the dictionary of its arguments. Raises ScriptError for a wrong number of outputs.
        """
        assert self.run_batch is not None
        inputs = [one if self._decorated else next(iter(one.values())) for one in given]
        outputs = list(self.run_batch(inputs))
        if len(outputs) != len(inputs):
            raise ScriptError(
                f"run_batch() has returned {len(outputs)} outputs for {len(inputs)} inputs."
            )
        return outputs

    def check_batches(self, size: int) -> None:
        """Raises ScriptError where requests are to be in batches and the script takes none."""
        if size == 1:
            return
        needs = f"WORKER_BATCH_SIZE={size} needs a script that"
        if self.run_batch is None:
            raise ScriptError(f"{needs} exports run_batch(inputs); unset it, or add the function.")
        if self.takes_headers or self.takes_flask_request:
            raise ScriptError(f"{needs} takes neither request_headers nor @rawhttp; unset it.")

    def _parser(self) -> arguments.Parser:
        parameters = list(inspect.signature(self.run).parameters.values())
        allowed = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        if any(parameter.kind not in allowed for parameter in parameters):
            raise ScriptError("run() cannot accept positional-only arguments, *args, or **kwargs.")
        self.takes_headers = any(one.name == "request_headers" for one in parameters)
        parameters = [one for one in parameters if one.name != "request_headers"]
        if not parameters:
            if self.takes_headers:
                raise ScriptError('run() needs to accept an argument other than "request_headers".')
            raise ScriptError("run() needs to accept an argument for input data.")
        decorated = self._decorated = is_decorated(self.run)
        if flask_bridge.raw_http_requested():
            if decorated:
                raise ScriptError("run() cannot be decorated with both @rawhttp and @input_schema")
            self.takes_flask_request = True
            logger.info("run() is decorated with @rawhttp and gets the Flask request.")
            return lambda request: {parameters[0].name: flask_bridge.current_request()}
        if decorated:
            names = ", ".join(parameter.name for parameter in parameters)
            logger.info("run() is decorated with @input_schema and gets the arguments: %s.", names)
            return arguments.json_values(parameters)
        logger.info("run() is not decorated and gets the input as a JSON string.")
        return arguments.json_text(parameters[0].name)


def is_decorated(run: Callable[..., Any]) -> bool:
    """Whether inference-schema has decorated it."""
    # Only a script that has imported it can have used it.
    utility = sys.modules.get("inference_schema.schema_util")
    return utility is not None and bool(utility.is_schema_decorated(run))


def load(settings: Settings) -> Script:
    """Imports the script. Raises ScriptError, and whatever the script raises."""
    sys.path.append(settings.app_root)
    if settings.source_dir:
        sys.path.append(os.path.join(settings.app_root, settings.source_dir))
    module = _imported(settings)
    for name in ("init", "run"):
        if not hasattr(module, name):
            raise ScriptError(
                f"User script at {module.__file__} does not have a {name}() function defined."
            )
    logger.info("Found user script at %s", module.__file__)
    script = Script(module)
    script.check_batches(settings.batch_size)
    return script


def _imported(settings: Settings) -> ModuleType:
    if not settings.entry_script:
        return importlib.import_module("main")
    place = os.path.join(settings.app_root, settings.entry_script)
    specification = importlib.util.spec_from_file_location("entry_module", place)
    if specification is None or specification.loader is None:
        raise ScriptError(f"{place} is not a Python file.")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
