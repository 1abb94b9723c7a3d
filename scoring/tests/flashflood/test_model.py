from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from flashflood.errors import ModelFileError
from flashflood.features import FEATURE_NAMES
from flashflood.model import Model
from tests.helpers import COMPACT, METRICS, MULTI_MODEL, THRESHOLDS, feature_row

ROW = np.array([[feature_row()[name] for name in FEATURE_NAMES]], dtype=np.float32)


@pytest.mark.parametrize("files", [MULTI_MODEL, COMPACT], ids=["multi-model", "compact"])
def test_a_shipped_model_gives_three_probabilities_a_row(files: list[Path]) -> None:
    model = Model.load("any", files)
    answer = model.probabilities(np.repeat(ROW, 5, axis=0))

    assert answer.shape == (5, 3)
    assert ((answer > 0.0) & (answer < 1.0)).all()
    assert np.array_equal(answer, np.repeat(model.probabilities(ROW), 5, axis=0))
    assert model.thresholds_m3s == THRESHOLDS


def test_the_order_of_the_files_does_not_matter() -> None:
    there, back = Model.load("m", MULTI_MODEL), Model.load("m", MULTI_MODEL[::-1])

    assert there.version == back.version
    assert np.array_equal(there.probabilities(ROW), back.probabilities(ROW))


def test_the_version_is_the_hash_of_the_files() -> None:
    digest = hashlib.sha256(hashlib.sha256(COMPACT[0].read_bytes()).digest())

    assert Model.load("compact", COMPACT).version == digest.hexdigest()[:12]


def test_the_shipped_files_are_those_that_were_scored() -> None:
    for file in (*MULTI_MODEL, *COMPACT):
        listed = METRICS["files"][f"{file.parent.name}/{file.name}"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == listed["sha256"]
        assert file.stat().st_size == listed["bytes"]
    assert len(METRICS["files"]) == len(MULTI_MODEL) + len(COMPACT) == 4


def changed(tmp_path: Path, file: Path, old: bytes, new: bytes) -> Path:
    """A copy of a model file with other bytes of the same number in its metadata."""
    content = file.read_bytes()
    assert content.count(old) >= 1
    assert len(old) == len(new)
    copy = tmp_path / file.name
    copy.write_bytes(content.replace(old, new))
    return copy


def refusal(files: list[Path]) -> str:
    with pytest.raises(ModelFileError) as error:
        Model.load("m", files)
    return str(error.value)


def test_no_file_is_refused() -> None:
    assert refusal([]) == "no model file was found for m"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal([tmp_path / "a.onnx"]) == "a.onnx cannot be read: No such file or directory"


def test_a_file_that_is_not_onnx_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"not a model")

    assert refusal([tmp_path / "a.onnx"]).startswith("a.onnx is not a model: ")


def test_a_missing_horizon_is_refused() -> None:
    assert refusal(MULTI_MODEL[:2]) == "the files of m answer the horizons [1, 2], not [1, 2, 3]"


def test_a_double_horizon_is_refused() -> None:
    message = "the files of m answer the horizons [1, 1, 2, 3], not [1, 2, 3]"
    assert refusal([*MULTI_MODEL, changed_nothing(MULTI_MODEL[0])]) == message


def changed_nothing(file: Path) -> Path:
    """The same file by another path."""
    return file.parent / ".." / file.parent.name / file.name


def test_a_file_for_other_features_is_refused(tmp_path: Path) -> None:
    other = changed(tmp_path, COMPACT[0], b'"rain_mm"', b'"rain_in"')

    assert refusal([other]).startswith("compact.onnx was trained on other features: ")


def test_a_file_without_metadata_is_refused(tmp_path: Path) -> None:
    other = changed(tmp_path, COMPACT[0], b"thresholds_m3s", b"thresholds_ft3")

    assert refusal([other]) == "compact.onnx does not say what it was trained for"


def test_a_file_with_another_signature_is_refused(tmp_path: Path) -> None:
    other = changed(tmp_path, COMPACT[0], b"probabilities", b"probabilitiez")

    assert refusal([other]).startswith("compact.onnx has another signature: ")


def test_files_for_different_thresholds_are_refused(tmp_path: Path) -> None:
    other = changed(tmp_path, MULTI_MODEL[2], b"53.02", b"53.03")
    message = "the files of m were trained on different thresholds"

    assert refusal([*MULTI_MODEL[:2], other]) == message
