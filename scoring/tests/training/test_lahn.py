from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from training import lahn
from training.gauges import GAUGES

HEADER = (
    'Timegrid("1989-11-01 00:00:00+01:00",\n         "1989-11-04 00:00:00+01:00",\n         "1d")'
)
GOOD = HEADER + "\n1.5\n2.5\n3.5\n"


def test_a_series_has_a_value_for_each_day_of_its_grid() -> None:
    days, values = lahn.parse(GOOD)

    assert [str(day) for day in days] == ["1989-11-01", "1989-11-02", "1989-11-03"]
    assert values.tolist() == [1.5, 2.5, 3.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "4.5\n", "4 values, some perhaps missing, for 3 days"),
        (GOOD.replace("\n3.5", ""), "2 values, some perhaps missing, for 3 days"),
        (GOOD.replace("2.5", "nan"), "3 values, some perhaps missing, for 3 days"),
        (GOOD.replace('"1d"', '"1h"'), "not a daily HydPy series"),
        (GOOD.replace("1989-11-04", "later"), "not a daily HydPy series"),
    ],
)
def test_a_series_that_does_not_fit_its_grid_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lahn.parse(text)


def archive(folder: Path, **changes: str) -> Path:
    """A fake of HydPy's wheel in which every series is GOOD, except for the changes."""
    path = folder / "wheel.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name in GAUGES.values():
            for file in (
                f"{name}_obs_q",
                f"land_{name}_hland_96_input_p",
                f"land_{name}_hland_96_input_t",
            ):
                text = changes.get(file, GOOD)
                wheel.writestr(f"hydpy/data/HydPy-H-Lahn/series/default/{file}.asc", text)
    return path


def test_all_gauges_are_read_in_alphabetical_order(tmp_path: Path) -> None:
    rain = GOOD.replace("1.5", "9.5")
    gauges = lahn.read(archive(tmp_path, land_lahn_marb_hland_96_input_p=rain))

    assert list(gauges) == ["asslar", "kalkofen", "leun", "marburg"]
    assert gauges["marburg"].rain_mm.tolist() == [9.5, 2.5, 3.5]
    assert gauges["marburg"].discharge_m3s.tolist() == [1.5, 2.5, 3.5]
    assert gauges["leun"].rain_mm.tolist() == [1.5, 2.5, 3.5]


def test_series_of_different_days_are_an_error(tmp_path: Path) -> None:
    later = GOOD.replace("1989-11-01", "1989-11-02").replace("1989-11-04", "1989-11-05")

    with pytest.raises(ValueError, match="^asslar: the three series do not cover the same days$"):
        lahn.read(archive(tmp_path, land_dill_assl_hland_96_input_t=later))


def test_the_wheel_is_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **options: Any) -> None:
        commands.append(command)
        Path(command[command.index("--dest") + 1], "hydpy-6.4.0-cp311-cp311-win_amd64.whl").touch()

    monkeypatch.setattr(subprocess, "run", run)

    assert lahn.download(tmp_path) == lahn.download(tmp_path)
    assert len(commands) == 1
    assert commands[0][-1] == "hydpy==6.4.0"
