from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from flashflood_azureml import guard
from tests.helpers import COMPACT, MULTI_MODEL, gauge_request

# How Azure lays a model out below AZUREML_MODEL_DIR: a folder keeps its name, a file lies bare.
LAYOUTS = {
    "score_multiple": [(file, Path("multi-model") / file.name) for file in MULTI_MODEL],
    "score_compact": [(COMPACT[0], Path("compact.onnx"))],
}


@pytest.fixture(params=sorted(LAYOUTS))
def script(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    name: str = request.param
    for source, place in LAYOUTS[name]:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        shutil.copy(source, tmp_path / place)
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(tmp_path))
    monkeypatch.delenv("FEATURE_TABLE_URI", raising=False)
    monkeypatch.setattr(guard, "install", lambda limit, unready: None)
    module = importlib.import_module(name)
    monkeypatch.setattr(module, "_service", None)
    return module


def test_a_script_answers_after_init(script: ModuleType) -> None:
    script.init()
    answer = script.run(**gauge_request())

    expected = {"score_multiple": "multi-model", "score_compact": "compact"}
    assert answer["model"]["name"] == expected[script.__name__]
    assert [row["gauge"] for row in answer["predictions"]] == ["marburg", "leun"]


def test_a_script_does_not_answer_before_init(script: ModuleType) -> None:
    with pytest.raises(RuntimeError, match="has not been called"):
        script.run(**gauge_request())


def test_a_script_puts_its_own_folder_on_the_path(script: ModuleType) -> None:
    assert script.__file__ is not None
    assert str(Path(script.__file__).parent) in sys.path
