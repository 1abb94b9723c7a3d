"""What Swagger says about run(): made by inference-schema's decorators, then made truthful.

The decorators can neither say that the two forms exclude each other nor give an example of one
form only: their example would hold all arguments, and be refused. `documented` adds that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, TypeVar

from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
from inference_schema.schema_decorators import input_schema, output_schema
from inference_schema.schema_util import get_input_schema, get_output_schema

from flashflood.features import FEATURES, HORIZONS_DAYS

_ROW: Final = (1.02, 0.71, 0.55, 0.58, 0.36, 13.1, 21.4, 36.3, 58.7, 96.2, 6.4, 4.1, 0.0, 0.5, 0.87)
SAMPLE_GAUGES: Final = ["marburg", "leun"]
SAMPLE_DATE: Final = dt.date(2020, 2, 3)
SAMPLE_FEATURES: Final = [
    {feature.name: value for feature, value in zip(FEATURES, _ROW, strict=True)}
]
SAMPLE_ANSWER: Final = {
    "model": {"name": "multi-model", "version": "0f1e2d3c4b5a"},
    "feature_table_version": 0,
    "predictions": [
        {
            "gauge": gauge,
            "date": SAMPLE_DATE.isoformat(),
            "threshold_m3s": threshold,
            "probabilities": [
                {"horizon_days": days, "probability": round(0.9 / days, 6)}
                for days in HORIZONS_DAYS
            ],
        }
        for gauge, threshold in (("marburg", 53.02), ("leun", 111.2))
    ],
}

Run = TypeVar("Run", bound=Callable[..., Any])


def _refine_input(schema: dict[str, Any]) -> None:
    schema["description"] = (
        'Either "gauges" and "date": the features of that issue day are looked up; or "features": '
        "rows of all features. Not both, and nothing else. A wrong request is answered 400 with "
        '{"message", "problems": [{"field", "value", "problem", "allowed"}]}.'
    )
    schema["additionalProperties"] = False
    gauges, date, features = (schema["properties"][k] for k in ("gauges", "date", "features"))
    gauges |= {"description": "Names of gauges, each once.", "minItems": 1, "uniqueItems": True}
    date |= {"description": "Issue day: observations up to and including it are used."}
    features |= {"description": "Inputs in the caller's hands, one row each.", "minItems": 1}
    row = features["items"]
    row["additionalProperties"] = False
    for feature in FEATURES:
        row["properties"][feature.name] |= {
            "description": f"{feature.meaning} [{feature.unit}]",
            "minimum": feature.minimum,
            "maximum": feature.maximum,
        }
    by_feature = {"features": schema["example"].pop("features")}
    schema["x-examples"] = {"by gauge": dict(schema["example"]), "by feature": by_feature}


def _refine_output(schema: dict[str, Any]) -> None:
    schema["properties"]["feature_table_age_days"] = {
        "type": "integer",
        "description": "days since the table's last issue day, when they are more than allowed",
    }
    may_be_null = {
        "feature_table_version": schema["properties"]["feature_table_version"],
        **schema["properties"]["predictions"]["items"]["properties"],
    }
    for name in ("feature_table_version", "gauge", "date", "threshold_m3s"):
        may_be_null[name] |= {
            "description": "null where the request brought its own features",
            # Swagger 2 has no nullable and takes the extension; OpenAPI 3.0 has it.
            "nullable": True,
            "x-nullable": True,
        }


def documented(run: Run) -> Run:
    """Decorates run(gauges, date, features) so that the server finds its schemas.

    The decorators pass every argument through as it came: their conversion would turn a wrong
    type into an error 500. So run() is given back without them: their schemas belong to its name
    (inference_schema/schema_util.py), and their calls would cost a fifth of one row.
    """
    samples = {"gauges": SAMPLE_GAUGES, "date": SAMPLE_DATE, "features": SAMPLE_FEATURES}
    decorated: Any = output_schema(StandardPythonParameterType(SAMPLE_ANSWER))(run)
    for name, sample in reversed(samples.items()):
        kind = StandardPythonParameterType(sample)
        decorated = input_schema(name, kind, convert_to_provided_type=False, optional=True)(
            decorated
        )
    _refine_input(get_input_schema(decorated))
    _refine_output(get_output_schema(decorated))
    return run
