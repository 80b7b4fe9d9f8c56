least, most = np.minimum, np.maximum


def select(condition: Any, then: Scalar, otherwise: Scalar) -> Scalar:
    return then if condition else otherwise


def cond(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    return then() if condition else otherwise()


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def zeros(like: Array, *shape: int) -> Array:
    return np.zeros(shape, like.dtype)


def zero(like: Array) -> Array:
    return np.zeros((), like.dtype)


def array(like: Array, values: list[Any]) -> Array:
    return np.array(values, like.dtype)


def powers(like: Array, bases: list[float], n: Scalar) -> Array:
    return np.array([base**n for base in bases], like.dtype)


def expand(x: Array, axis: int) -> Array:
    return np.expand_dims(x, axis)


def transposed(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def mean_over(x: Array, axes: tuple[int, ...]) -> Array:
    return np.mean(x, axes, keepdims=True)


def eigenvectors(a: Array) -> Array:
    """Columns by descending eigenvalue."""
    return np.linalg.eigh(a)[1][:, ::-1]


def layers(like: Array, theta: list[float], shapes: list[tuple[int, ...]]) -> list[Array]:
    result, at = [], 0
    for shape in shapes:
        size = math.prod(shape)
        result.append(np.array(theta[at : at + size], like.dtype).reshape(shape))
        at += size
    return result


