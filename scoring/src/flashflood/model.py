"""Loads ONNX files that together answer all horizons, and runs them.

A file is accepted only if it was made for exactly these features and horizons: a model that was
trained on other columns would otherwise answer, and answer wrongly.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from flashflood.errors import ModelFileError
from flashflood.features import FEATURE_NAMES, HORIZONS_DAYS

_VERSION_DIGITS: Final = 12
_OUTPUTS: Final = ["probabilities"]


class _Part(NamedTuple):
    session: Any
    horizons_days: list[int]
    thresholds_m3s: dict[str, float]


def _one_thread() -> onnxruntime.SessionOptions:
    # A row takes microseconds: more threads would cost more than they give, and would fight with
    # the server's other workers over the instance's cores.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return options


def _load(file: Path, content: bytes) -> _Part:
    try:
        session = onnxruntime.InferenceSession(
            content, _one_thread(), providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own exceptions have no common public base
        raise ModelFileError(f"{file.name} is not a model: {error}") from error
    about = session.get_modelmeta().custom_metadata_map
    try:
        names, horizons, thresholds = (
            json.loads(about[key]) for key in ("feature_names", "horizons_days", "thresholds_m3s")
        )
    except (KeyError, ValueError) as error:
        raise ModelFileError(f"{file.name} does not say what it was trained for") from error
    if names != list(FEATURE_NAMES):
        raise ModelFileError(f"{file.name} was trained on other features: {names}")
    inputs = [(put.name, put.type, put.shape[1:]) for put in session.get_inputs()]
    outputs = [(put.name, put.type, put.shape[1:]) for put in session.get_outputs()]
    expected_inputs = [("features", "tensor(float)", [len(FEATURE_NAMES)])]
    if inputs != expected_inputs or outputs != [
        ("probabilities", "tensor(float)", [len(horizons)])
    ]:
        raise ModelFileError(f"{file.name} has another signature: {inputs} to {outputs}")
    return _Part(session, horizons, thresholds)


class Model:
    """Model files that together give one probability for each horizon. Safe to share by threads."""

    def __init__(self, name: str, version: str, parts: Sequence[_Part]) -> None:
        self.name = name
        self.version = version
        self.thresholds_m3s: Mapping[str, float] = parts[0].thresholds_m3s
        self._sessions = [part.session for part in parts]

    @classmethod
    def load(cls, name: str, files: Sequence[Path]) -> Model:
        """Reads the files, in any order.

        The model's version is the first 12 hexadecimal digits of a SHA-256 over the files' bytes in
        order of their horizons. Raises ModelFileError.
        """
        if not files:
            raise ModelFileError(f"no model file was found for {name}")
        contents = {}
        for file in files:
            try:
                contents[file] = file.read_bytes()
            except OSError as error:
                raise ModelFileError(f"{file.name} cannot be read: {error.strerror}") from error
        loaded = [(_load(file, content), content) for file, content in contents.items()]
        loaded.sort(key=lambda pair: pair[0].horizons_days)
        parts = [part for part, _ in loaded]
        horizons = [days for part in parts for days in part.horizons_days]
        if horizons != list(HORIZONS_DAYS):
            raise ModelFileError(
                f"the files of {name} answer the horizons {horizons}, not {list(HORIZONS_DAYS)}"
            )
        if any(part.thresholds_m3s != parts[0].thresholds_m3s for part in parts):
            raise ModelFileError(f"the files of {name} were trained on different thresholds")
        digest = hashlib.sha256()
        for _, content in loaded:
            digest.update(hashlib.sha256(content).digest())
        return cls(name, digest.hexdigest()[:_VERSION_DIGITS], parts)

    def probabilities(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape (rows, features) to shape (rows, horizons), each value from 0 to 1."""
        answers = [session.run(_OUTPUTS, {"features": inputs})[0] for session in self._sessions]
        if len(answers) == 1:
            only: NDArray[np.float32] = answers[0]
            return only
        together: NDArray[np.float32] = np.concatenate(answers, axis=1)
        return together
