from __future__ import annotations

from flashflood.features import FEATURE_NAMES, FEATURES, HORIZONS_DAYS


def test_names_are_unique_and_ranges_are_not_empty() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES) == 15
    assert all(feature.minimum < feature.maximum for feature in FEATURES)


def test_horizons_are_one_two_and_three_days() -> None:
    assert HORIZONS_DAYS == (1, 2, 3)
