"""Reads the daily series of the river Lahn that ship inside the Python package HydPy.

The package is downloaded by pip into a cache folder and its series are read from the archive;
nothing is installed and no data file is copied into this repository. The *.asc files have a
time grid in three header lines, then one value a line.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.gauges import GAUGES, Days

HYDPY_VERSION: Final = "6.4.0"
_SERIES_FOLDER: Final = "hydpy/data/HydPy-H-Lahn/series/default/"
_HEADER_LINES: Final = 3


class Series(NamedTuple):
    """One gauge: days, and as many values of each kind (daily means or sums)."""

    days: Days
    discharge_m3s: NDArray[np.float64]
    rain_mm: NDArray[np.float64]
    temperature_degc: NDArray[np.float64]


def download(cache: Path) -> Path:
    """The path of HydPy's wheel in `cache`, downloaded if it is not there yet.

    A wheel for Windows is asked for on purpose: HydPy publishes no Linux wheels, its source
    archive cannot be fetched by pip without compiling, and the data files are the same in all.
    """
    name = f"hydpy-{HYDPY_VERSION}-cp311-cp311-win_amd64.whl"
    wheel = cache / name
    if not wheel.exists():
        target = ["--platform", "win_amd64", "--python-version", "3.11"]
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", *target]
        command += ["--only-binary", ":all:", "--dest", str(cache), f"hydpy=={HYDPY_VERSION}"]
        subprocess.run(command, check=True)
    return wheel


def parse(text: str) -> tuple[Days, NDArray[np.float64]]:
    """Days and values of one *.asc file.

    Raises ValueError when the number of values is not the number of days that the header says,
    or a value is missing: a shifted series would train silently wrong.
    """
    lines = text.split("\n")
    dates = re.findall(r"\d{4}-\d{2}-\d{2}", "".join(lines[:_HEADER_LINES]))
    if len(dates) != 2 or '"1d"' not in lines[_HEADER_LINES - 1]:
        raise ValueError(f"not a daily HydPy series: {lines[:_HEADER_LINES]}")
    days = np.arange(dates[0], dates[1], dtype="datetime64[D]")
    values = np.array([float(line) for line in lines[_HEADER_LINES:] if line.strip()])
    if len(values) != len(days) or not np.isfinite(values).all():
        raise ValueError(f"{len(values)} values, some perhaps missing, for {len(days)} days")
    return days, values


def read(wheel: Path) -> dict[str, Series]:
    """All gauges of the wheel, by our names in alphabetical order."""
    with zipfile.ZipFile(wheel) as archive:

        def column(file_name: str) -> tuple[Days, NDArray[np.float64]]:
            return parse(archive.read(_SERIES_FOLDER + file_name).decode("ascii"))

        gauges = {}
        for gauge, name in GAUGES.items():
            days, discharge = column(f"{name}_obs_q.asc")
            rain_days, rain = column(f"land_{name}_hland_96_input_p.asc")
            temperature_days, temperature = column(f"land_{name}_hland_96_input_t.asc")
            if not (np.array_equal(days, rain_days) and np.array_equal(days, temperature_days)):
                raise ValueError(f"{gauge}: the three series do not cover the same days")
            gauges[gauge] = Series(days, discharge, rain, temperature)
    return gauges
