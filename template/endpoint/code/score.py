import json
import os
from pathlib import Path

weight: float = 0


def init() -> None:
    """Finds the weights where Azure puts them: a file, or below the folder's own name."""
    global weight
    directory = Path(os.environ["AZUREML_MODEL_DIR"])
    file = next(directory.rglob("weights.json"))
    weight = json.loads(file.read_text())["weight"]


def run(raw_data: str) -> list[float]:
    return [weight * value for value in json.loads(raw_data)["data"]]
