"""{{docstring}}"""

from __future__ import annotations

import base64
import math
import struct
{{standard}}from collections.abc import Callable
from dataclasses import {{dataclass}}
from typing import {{typing}}

{{imports}}

State = dict[str, Any]
Array = {{array}}
Scalar = Any

NAME = "{{name}}"
NEEDS_HORIZON = {{needs_horizon}}
NEEDS_LOSS = {{needs_loss}}
TAKES_NAN = {{takes_nan}}  # whether the rule itself makes gradients finite
BASE_WIDTHS: dict[str, int | None] = {{base_widths}}
PROVENANCE = {{provenance}}
LICENCE = "{{licence}}"


@dataclass(frozen=True)
class Tensor:
    """What the rule knows of a tensor besides its values.

    shape: with the axes in the order (..., inputs, outputs)
    role: input, hidden, output or vector
    scale: muP's factor on Adam-like updates; 1 in the standard parametrization
    gradient: by what gradients are smaller than at the base width; 1 in the standard parametrization
    embedding: whether it is a table of embeddings
    depth: number of hidden tensors, at least 1; place: how many come before this one, if it is hidden
    """

    shape: tuple[int, ...]
    role: str
    scale: float = 1.0
    gradient: float = 1.0
    embedding: bool = False
    depth: int = 1
    place: int = 0


def with_depth(tensors: list[Tensor]) -> list[Tensor]:
    """The same tensors, knowing of each other how deep they stand."""
    depth, place, result = max(1, sum(x.role == "hidden" for x in tensors)), 0, []
    for x in tensors:
        result.append(Tensor(x.shape, x.role, x.scale, x.gradient, x.embedding, depth, place if x.role == "hidden" else 0))
        place += x.role == "hidden"
    return result


def scaled(shape: tuple[int, ...], role: str, base_width: int | None, multiplier: bool, embedding: bool = False) -> Tensor:
    """A tensor under muP with this base width; None: the standard parametrization.

    multiplier: whether the network divides what an output tensor gives by its width ratio, as muP networks do. Where it does not, the
    update of the output is divided instead, which is the same network."""
    size = math.prod(shape)
    fan_in = size // shape[-1] if len(shape) > 1 else 1
    if base_width is None:
        return Tensor(shape, role, embedding=embedding)
    ratio = (shape[-1] if role in ("input", "vector") and shape else fan_in) / base_width
    if role == "hidden":
        return Tensor(shape, role, 1 / ratio, ratio)
    if role == "output":
        return Tensor(shape, role, 1.0, ratio) if multiplier else Tensor(shape, role, 1 / ratio, 1.0)
    return Tensor(shape, role, 1.0, ratio, embedding)


def unpack(text: str) -> list[float]:
    data = base64.b64decode(text)
    return list(struct.unpack(f"<{len(data) // 4}f", data))


def single(x: float) -> float:
    """Rounded to float32."""
    return float(struct.unpack("<f", struct.pack("<f", x))[0])


