"""Scoring script of an MLflow model that has none, for the Azure ML inference server.

It answers as the script does that Azure puts beside such a model; the rules are read from that
one (Azure/azureml-assets, assets/inference/environments/mlflow-py312-inference/context/
mlflow_score_script.py) and from Microsoft Learn "Guidelines for deploying MLflow models", section
"Input structure":

- the body has the key `input_data`, and may have `params`;
- what `input_data` is follows from the model's input example, else from its signature: columns are
  a data frame in the split orientation, a tensor is a list, named tensors are a mapping of lists;
- without either, a list is a tensor, a mapping with columns, index and data a data frame, and any
  other mapping named tensors;
- the answer is the prediction alone, data frames as records.

MLflow loads the model, enforces its signature and makes the prediction JSON. inference-schema,
which the server brings, makes the Swagger document of the samples.
"""

from __future__ import annotations

import inspect
import json
import logging
import os
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from inference_schema.parameter_types.abstract_parameter_type import AbstractParameterType
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
from inference_schema.parameter_types.pandas_parameter_type import PandasParameterType
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
from inference_schema.schema_decorators import input_schema, output_schema
from mlflow.models import Model
from mlflow.pyfunc import load_model
from mlflow.pyfunc.scoring_server import NumpyEncoder, _get_jsonable_obj

logger = logging.getLogger(__name__)

Sample = np.ndarray | pd.DataFrame | dict[str, Any] | None


def model_folder() -> str:
    """The folder that Azure names; in the image, which names none, the only one there is."""
    directory = os.environ["AZUREML_MODEL_DIR"]
    name = os.environ.get("MLFLOW_MODEL_FOLDER")
    if name is None:
        (name,) = os.listdir(directory)
    return os.path.join(directory, name)


FOLDER = model_folder()


class AnyType(AbstractParameterType):
    """Of what the model tells nothing: taken as it comes, an object in the Swagger document."""

    def __init__(self) -> None:
        super().__init__(None)

    def deserialize_input(self, input_data: Any) -> Any:
        return input_data

    def input_to_swagger(self) -> dict[str, Any]:
        return {"type": "object", "example": {}}


def example_of(model: Model) -> Sample:
    """The input example of the model, if it is of a kind that decides the form."""
    if not model.saved_input_example_info:
        return None
    try:
        example = model.load_input_example(FOLDER)
    except Exception as error:
        logger.warning("the input example cannot be read, the signature is used: %s", error)
        return None
    if isinstance(example, (np.ndarray, pd.DataFrame)):
        return example
    if isinstance(example, dict) and all(isinstance(each, np.ndarray) for each in example.values()):
        return example
    return None


def tensor(spec: Any) -> np.ndarray:
    """Zeros in the tensor's shape, one row where the number of rows is open."""
    shape = [1 if size == -1 else size for size in spec.shape]
    return np.zeros(shape, dtype=spec.type)


def sample_of(schema: Any) -> Sample:
    """A value of the form that one side of a signature describes."""
    if not schema:
        return None
    if schema.is_tensor_spec():
        if schema.has_input_names():
            return {spec.name: tensor(spec) for spec in schema.inputs}
        return tensor(schema.inputs[0])
    try:
        names, types = schema.input_names(), schema.pandas_types()
        # Without names the columns are numbered, as in a data frame of a bare list of lists.
        names = names or list(range(len(types)))
        return pd.DataFrame(columns=names).astype(dict(zip(names, types, strict=True)))
    except Exception as error:
        logger.warning("the signature has no form of columns or tensors: %s", error)
        return None


def params_of(signature: Any) -> dict[str, Any] | None:
    """The parameters of the signature with their default values."""
    params = getattr(signature, "params", None)
    return {each.name: each.default for each in params.params} if params else None


def parameter_type(sample: Sample, orient: str) -> AbstractParameterType:
    if isinstance(sample, np.ndarray):
        return NumpyParameterType(sample, enforce_shape=False)
    if isinstance(sample, pd.DataFrame):
        return PandasParameterType(sample, enforce_shape=False, orient=orient)
    if isinstance(sample, dict):
        tensors = {
            name: NumpyParameterType(each, enforce_shape=False) for name, each in sample.items()
        }
        return StandardPythonParameterType(tensors)
    return AnyType()


def untyped(input_data: Any) -> Any:
    """The form of a request for a model that has neither an input example nor a signature."""
    if isinstance(input_data, list):
        return np.asarray(input_data)
    if isinstance(input_data, dict) and {"columns", "index", "data"} <= input_data.keys():
        return pd.read_json(StringIO(json.dumps(input_data)), orient="split", dtype=False)
    if isinstance(input_data, dict):
        return {name: np.asarray(each) for name, each in input_data.items()}
    return input_data


description = Model.load(FOLDER)
signature = description.signature
example = example_of(description)
INPUT = parameter_type(
    example if example is not None else sample_of(signature and signature.inputs), "split"
)
OUTPUT = parameter_type(sample_of(signature and signature.outputs), "records")
params_sample = params_of(signature)
PARAMS = AnyType() if params_sample is None else StandardPythonParameterType(params_sample)

model = load_model(FOLDER)
takes_params = "params" in inspect.signature(model.predict).parameters


def init() -> None:
    """The model is loaded with the script, as in Azure."""


@input_schema("input_data", INPUT)
@input_schema("params", PARAMS, optional=True)
@output_schema(OUTPUT)
def run(input_data: Any, params: dict[str, Any] | None = None) -> Any:
    data = untyped(input_data) if isinstance(INPUT, AnyType) else input_data
    result = model.predict(data, params=params) if takes_params else model.predict(data)
    # MLflow's encoder takes the arrays inside a mapping, such as the named outputs of ONNX, which
    # the server cannot write.
    text = json.dumps(_get_jsonable_obj(result, pandas_orient="records"), cls=NumpyEncoder)
    return json.loads(text)
