from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.helpers import METRICS, MODELS
from training import model_card
from training.metrics_file import metrics_text


def test_the_card_is_what_the_metrics_say() -> None:
    card = (MODELS / "MODEL_CARD.md").read_text(encoding="utf-8")

    assert card == model_card.render(METRICS)


def test_the_metrics_file_is_in_the_form_that_training_writes() -> None:
    assert (MODELS / "metrics.json").read_text(encoding="utf-8") == metrics_text(METRICS)


def test_a_changed_score_changes_the_card() -> None:
    changed = copy.deepcopy(METRICS)
    for row in changed["scores"]:
        if row["period"] == "test" and row["forecast"] == "compact":
            row["brier"] = 7.777
    assert "7.777" not in model_card.render(METRICS)

    assert model_card.render(changed).count("7.777") == 2 * 3 + 2 * 4 * 3


def test_an_undefined_score_is_a_dash() -> None:
    changed = copy.deepcopy(METRICS)
    changed["scores"][-1]["roc_auc"] = None

    assert " / – " in model_card.render(changed)


def test_a_field_of_the_template_without_a_value_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.md").write_text("{{unheard_of}}", encoding="utf-8")
    monkeypatch.setattr(model_card, "_TEMPLATE", tmp_path / "t.md")

    with pytest.raises(ValueError, match="unknown field: {{unheard_of}}"):
        model_card.render(METRICS)


def scores(days: str, score: str) -> dict[tuple[str, int], float]:
    return {
        (row["forecast"], row["horizon_days"]): row[score]
        for row in METRICS["scores"]
        if (row["period"], row["gauge"], row["days"]) == ("test", "all", days)
    }


@pytest.mark.parametrize("days", ["all", "onset"])
@pytest.mark.parametrize("model", ["multi-model", "compact"])
def test_a_shipped_model_beats_persistence_on_the_test_period(model: str, days: str) -> None:
    for horizon in (1, 2, 3):
        for score in ("roc_auc", "average_precision"):
            found = scores(days, score)
            assert found[model, horizon] > found["persistence", horizon]
        found = scores(days, "brier")
        assert found[model, horizon] < found["persistence", horizon]
