from __future__ import annotations

from typing import Any

from inference_schema.schema_util import get_input_schema, get_output_schema, get_supported_versions

from flashflood.features import FEATURE_NAMES
from flashflood_azureml import swagger


@swagger.documented
def run(gauges: Any = "none", date: Any = "none", features: Any = "none") -> Any:
    """A fake of a scoring script's function."""
    return gauges, date, features


def test_the_decorated_function_gets_its_arguments_as_they_came() -> None:
    wrong = {"gauges": 1, "date": "no date", "features": None}

    assert run(**wrong) == (1, "no date", None)
    assert run() == ("none", "none", "none")


def test_all_versions_of_swagger_are_supported() -> None:
    assert get_supported_versions(run) == ["2.0", "3.0", "3.1"]


def test_the_input_schema_names_exactly_the_three_arguments() -> None:
    schema = get_input_schema(run)

    assert list(schema["properties"]) == ["gauges", "date", "features"]
    assert schema["additionalProperties"] is False
    assert "required" not in schema
    row = schema["properties"]["features"]["items"]
    assert row["required"] == list(row["properties"]) == list(FEATURE_NAMES)
    assert row["properties"]["rain_mm"] == {
        "type": "number",
        "format": "double",
        "description": "precipitation of the issue day, sub-catchment mean [mm]",
        "minimum": 0.0,
        "maximum": 500.0,
    }


def test_the_example_is_of_one_form_and_both_forms_have_one() -> None:
    schema = get_input_schema(run)
    by_gauge = {"gauges": ["marburg", "leun"], "date": "2020-02-03"}

    assert schema["example"] == by_gauge
    assert schema["x-examples"]["by gauge"] == by_gauge
    assert schema["x-examples"]["by feature"] == {"features": swagger.SAMPLE_FEATURES}


def test_what_may_be_null_says_so() -> None:
    schema = get_output_schema(run)
    row = schema["properties"]["predictions"]["items"]["properties"]
    assert schema["properties"]["feature_table_version"]["nullable"] is True

    assert {name: "nullable" in put for name, put in row.items()} == {
        "gauge": True,
        "date": True,
        "threshold_m3s": True,
        "probabilities": False,
    }
