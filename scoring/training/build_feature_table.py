"""Writes the sample feature table: a Delta table that the scoring script looks features up in.

Run in scoring/:  PYTHONPATH=src:. python -m training.build_feature_table [--replace]

The values are the same every time, but a Delta table's files are not: their names hold random
identifiers and its log holds times.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Final

import numpy as np
from arro3.core import Array, DataType, Field, Schema, Table
from deltalake import write_deltalake
from deltalake.writer import WriterProperties

from flashflood.features import FEATURE_NAMES
from training import lahn
from training.dataset import thresholds_m3s
from training.derive import features
from training.gauges import Period
from training.paths import CACHE, SAMPLE_TABLE

SAMPLE: Final = Period("sample", "2019-01-01", "2020-12-31")


def feature_table(gauges: dict[str, lahn.Series], period: Period) -> Table:
    """One row for each gauge and day of `period`: gauge, date, threshold_m3s and the features."""
    names: list[str] = []
    days, thresholds, values = [], [], []
    for gauge, series in gauges.items():
        threshold = thresholds_m3s({gauge: series})[gauge]
        rows = period.covers(series.days)
        names += [gauge] * int(rows.sum())
        days.append(series.days[rows].astype("datetime64[D]").astype(np.int32))
        thresholds.append(np.full(int(rows.sum()), threshold))
        values.append(features(series, threshold)[rows])
    matrix = np.vstack(values)
    columns = {
        "gauge": Array(names, DataType.utf8()),
        "date": Array.from_numpy(np.concatenate(days)).cast(DataType.date32()),
        "threshold_m3s": Array.from_numpy(np.concatenate(thresholds)),
    }
    for index, name in enumerate(FEATURE_NAMES):
        columns[name] = Array.from_numpy(np.ascontiguousarray(matrix[:, index]))
    schema = Schema([Field(name, array.type, nullable=False) for name, array in columns.items()])
    return Table.from_arrays(list(columns.values()), schema=schema)


def build(cache: Path, table: Path, *, replace: bool) -> None:
    """Writes the table; an existing one is an error unless `replace` is set."""
    if replace:
        shutil.rmtree(table, ignore_errors=True)
    gauges = lahn.read(lahn.download(cache))
    write_deltalake(
        table,
        feature_table(gauges, SAMPLE),
        mode="error",
        writer_properties=WriterProperties(compression="ZSTD", compression_level=19),
        name="lahn-features",
        description="Daily features of four gauges of the river Lahn, derived from HydPy's series",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where HydPy is kept")
    parser.add_argument("--table", type=Path, default=SAMPLE_TABLE, help="where to write")
    parser.add_argument("--replace", action="store_true", help="delete an existing table first")
    arguments = parser.parse_args()
    build(arguments.cache, arguments.table, replace=arguments.replace)
