"""Writes the model card. Every number in it comes from metrics.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from flashflood.features import FEATURES, HORIZONS_DAYS
from training.evaluate import ALL_GAUGES

_TEMPLATE: Final = Path(__file__).with_name("model_card_template.md")
_FORECASTS: Final = ("persistence", "compact", "multi-model")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


class _Scores:
    """Looks scores up by what they are about."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        keys = ("period", "forecast", "horizon_days", "gauge", "days")
        self._rows = {tuple(row[key] for key in keys): row for row in rows}

    def row(self, *key: object) -> Mapping[str, Any]:
        return self._rows[key]

    def pooled(self, period: str, days: str) -> str:
        """All gauges together: one line for each horizon and forecast."""
        lines = []
        for horizon in HORIZONS_DAYS:
            for forecast in _FORECASTS:
                row = self.row(period, forecast, horizon, ALL_GAUGES, days)
                scores = [row["roc_auc"], row["average_precision"], row["brier"]]
                line = [f"{horizon} d", forecast, *map(_number, scores)]
                lines.append([*line, f"{row['expected_events']:.0f}", str(row["events"])])
        header = ["horizon", "forecast", "ROC AUC", "average precision", "Brier"]
        count = self.row(period, "persistence", 1, ALL_GAUGES, days)["rows"]
        table = _table([*header, "expected days", "observed days"], lines)
        return f"{count} gauge-days.\n\n{table}"

    def by_gauge(self, period: str, days: str, gauges: Sequence[str]) -> str:
        """One line for each gauge and horizon: persistence / compact / multi-model."""
        lines = []
        for gauge in gauges:
            for horizon in HORIZONS_DAYS:
                rows = [self.row(period, f, horizon, gauge, days) for f in _FORECASTS]
                line = [gauge, f"{horizon} d", str(rows[0]["events"])]
                for score in ("roc_auc", "average_precision", "brier"):
                    line.append(" / ".join(_number(row[score]) for row in rows))
                lines.append(line)
        header = ["gauge", "horizon", "high-flow days", "ROC AUC", "average precision", "Brier"]
        return _table(header, lines)


def render(metrics: Mapping[str, Any]) -> str:
    """The card's text for these metrics."""
    scores = _Scores(metrics["scores"])
    gauges = list(metrics["thresholds_m3s"])
    periods = [
        [name, period["first"], period["last"], str(period["gauge_days"])]
        for name, period in metrics["periods"].items()
    ]
    files = [
        [f"`{name}`", str(file["bytes"]), f"`{file['sha256'][:16]}…`"]
        for name, file in metrics["files"].items()
    ]
    values = {
        "hydpy_version": metrics["hydpy_version"],
        "quantile_percent": f"{100 * metrics['threshold_quantile']:g}",
        "thresholds": _table(
            ["gauge", "threshold [m³/s]"],
            [[name, f"{value:.2f}"] for name, value in metrics["thresholds_m3s"].items()],
        ),
        "periods": _table(["period", "first issue day", "last issue day", "gauge-days"], periods),
        "files": _table(["file", "bytes", "SHA-256"], files),
        "features": _table(
            ["name", "unit", "accepted", "meaning"],
            [
                [f"`{f.name}`", f.unit, f"{f.minimum:g} … {f.maximum:g}", f.meaning]
                for f in FEATURES
            ],
        ),
        "test_all": scores.pooled("test", "all"),
        "test_onset": scores.pooled("test", "onset"),
        "test_by_gauge": scores.by_gauge("test", "all", gauges),
        "test_onset_by_gauge": scores.by_gauge("test", "onset", gauges),
        "validation_all": scores.pooled("validation", "all"),
    }
    text = _TEMPLATE.read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    if "{{" in text:
        raise ValueError(
            f"the card's template has an unknown field: {text[text.index('{{') :][:40]}"
        )
    return text
