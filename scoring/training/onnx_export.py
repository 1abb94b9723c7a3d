"""Writes fitted models as ONNX graphs, by hand and therefore byte for byte the same every time.

All graphs share one signature, which the scoring code checks when it loads a file:
input `features`, float32, (rows, features); output `probabilities`, float32, (rows, horizons).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

_OPSET: Final = 17
_ML_OPSET: Final = 3
_IR_VERSION: Final = 8  # the newest that onnxruntime 1.13 and later read; nothing here needs more


def _model(
    nodes: list[onnx.NodeProto],
    initializers: list[onnx.TensorProto],
    features: int,
    horizons: int,
    metadata: Mapping[str, object],
) -> bytes:
    graph = helper.make_graph(
        nodes,
        "flash-flood-predictor",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["rows", features])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["rows", horizons])],
        initializers,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("ai.onnx.ml", _ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    helper.set_model_props(
        model, {key: json.dumps(value, sort_keys=True) for key, value in metadata.items()}
    )
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def float32_at_most(threshold: float) -> float:
    """The largest float32 that is not above `threshold`.

    scikit-learn compares float32 inputs with float64 thresholds; rounding down, and never up,
    sends every float32 input to the same side as before.
    """
    rounded = np.float32(threshold)
    if float(rounded) > threshold:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    return float(rounded)


def boosted_trees(
    trees: list[Any],
    learning_rate: float,
    initial_log_odds: float,
    features: int,
    metadata: Mapping[str, object],
) -> bytes:
    """A sum of regression trees on the log-odds scale, through a sigmoid; one horizon.

    `trees` are scikit-learn's fitted `tree_` objects.
    """
    nodes: dict[str, list[Any]] = {key: [] for key in _TREE_NODE_KEYS}
    leaves: dict[str, list[Any]] = {"treeids": [], "nodeids": [], "ids": [], "weights": []}
    for tree_id, tree in enumerate(trees):
        for node in range(tree.node_count):
            is_leaf = tree.children_left[node] < 0
            row = {
                "treeids": tree_id,
                "nodeids": node,
                "modes": "LEAF" if is_leaf else "BRANCH_LEQ",
                "featureids": 0 if is_leaf else int(tree.feature[node]),
                "values": 0.0 if is_leaf else float32_at_most(float(tree.threshold[node])),
                "truenodeids": 0 if is_leaf else int(tree.children_left[node]),
                "falsenodeids": 0 if is_leaf else int(tree.children_right[node]),
            }
            for key, value in row.items():
                nodes[key].append(value)
            if is_leaf:
                leaves["treeids"].append(tree_id)
                leaves["nodeids"].append(node)
                leaves["ids"].append(0)
                leaves["weights"].append(float(tree.value[node, 0, 0]) * learning_rate)
    attributes = {f"nodes_{key}": value for key, value in nodes.items()}
    attributes |= {f"target_{key}": value for key, value in leaves.items()}
    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["log_odds"],
        domain="ai.onnx.ml",
        n_targets=1,
        base_values=[initial_log_odds],
        **attributes,
    )
    sigmoid = helper.make_node("Sigmoid", ["log_odds"], ["probabilities"])
    return _model([ensemble, sigmoid], [], features, 1, metadata)


_TREE_NODE_KEYS: Final = (
    "treeids",
    "nodeids",
    "modes",
    "featureids",
    "values",
    "truenodeids",
    "falsenodeids",
)


def logistic(
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    weights: NDArray[np.float64],
    bias: NDArray[np.float64],
    metadata: Mapping[str, object],
) -> bytes:
    """Logistic regressions on standardised inputs, one column for each horizon.

    `mean` and `scale` have shape (features,), `weights` (features, horizons), `bias` (horizons,).
    """
    constants = {"mean": mean, "scale": scale, "weights": weights, "bias": bias}
    tensors = [
        onnx.numpy_helper.from_array(value.astype(np.float32), name)
        for name, value in constants.items()
    ]
    nodes = [
        helper.make_node("Sub", ["features", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "scale"], ["standardised"]),
        helper.make_node("Gemm", ["standardised", "weights", "bias"], ["log_odds"]),
        helper.make_node("Sigmoid", ["log_odds"], ["probabilities"]),
    ]
    return _model(nodes, tensors, len(mean), len(bias), metadata)
