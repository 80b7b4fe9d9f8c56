least, most = jnp.minimum, jnp.maximum
select = jnp.where


def cond(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    return jax.lax.cond(condition, then, otherwise)


def relu(x: Array) -> Array:
    return jnp.maximum(x, 0)


def zeros(like: Array, *shape: int) -> Array:
    return jnp.zeros(shape, like.dtype)


def zero(like: Array) -> Array:
    return jnp.zeros((), like.dtype)


def array(like: Array, values: list[Any]) -> Array:
    return jnp.stack([jnp.asarray(value, like.dtype) for value in values])


def powers(like: Array, bases: list[float], n: Scalar) -> Array:
    return jnp.asarray(bases, like.dtype) ** n


def expand(x: Array, axis: int) -> Array:
    return jnp.expand_dims(x, axis)


def transposed(x: Array) -> Array:
    return jnp.swapaxes(x, -1, -2)


def mean_over(x: Array, axes: tuple[int, ...]) -> Array:
    return jnp.mean(x, axes, keepdims=True)


def eigenvectors(a: Array) -> Array:
    """Columns by descending eigenvalue."""
    return jnp.linalg.eigh(a)[1][:, ::-1]


def layers(like: Array, theta: list[float], shapes: list[tuple[int, ...]]) -> list[Array]:
    result, at = [], 0
    for shape in shapes:
        size = math.prod(shape)
        result.append(jnp.asarray(theta[at : at + size], like.dtype).reshape(shape))
        at += size
    return result


