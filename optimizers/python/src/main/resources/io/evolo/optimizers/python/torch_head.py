def least(x: Any, bound: float) -> Any:
    return torch.clamp(x, max=bound) if isinstance(x, torch.Tensor) else min(x, bound)


def most(x: Any, bound: float) -> Any:
    return torch.clamp(x, min=bound) if isinstance(x, torch.Tensor) else max(x, bound)


def select(condition: Any, then: Scalar, otherwise: Scalar) -> Scalar:
    return then if condition else otherwise


def cond(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    return then() if condition else otherwise()


def relu(x: Array) -> Array:
    return torch.relu(x)


def zeros(like: Array, *shape: int) -> Array:
    return torch.zeros(shape, dtype=like.dtype, device=like.device)


def zero(like: Array) -> Array:
    return torch.zeros((), dtype=like.dtype, device=like.device)


def array(like: Array, values: list[Any]) -> Array:
    return torch.tensor(values, dtype=like.dtype, device=like.device)


def powers(like: Array, bases: list[float], n: Scalar) -> Array:
    return torch.tensor([base**n for base in bases], dtype=like.dtype, device=like.device)


def expand(x: Array, axis: int) -> Array:
    return x.unsqueeze(axis)


def transposed(x: Array) -> Array:
    return x.transpose(-1, -2)


def mean_over(x: Array, axes: tuple[int, ...]) -> Array:
    return torch.mean(x, axes, keepdim=True) if axes else x


def eigenvectors(a: Array) -> Array:
    """Columns by descending eigenvalue."""
    vectors: Array = torch.linalg.eigh(a)[1]
    return vectors.flip(-1)


_LAYERS: dict[Any, list[Array]] = {}


def layers(like: Array, theta: list[float], shapes: list[tuple[int, ...]]) -> list[Array]:
    key = (like.dtype, like.device)
    if key not in _LAYERS:
        flat, at = torch.tensor(theta, dtype=like.dtype, device=like.device), 0
        _LAYERS[key] = []
        for shape in shapes:
            _LAYERS[key].append(flat[at : at + math.prod(shape)].reshape(shape))
            at += math.prod(shape)
    return _LAYERS[key]


