FREQUENCY = {{frequency}}
ONE_SIDED = {{one_sided}}
NUMBERS = {
{{numbers}}
}


def power(base: float, exponent: float) -> float:
    return math.exp(max(-20.0, min(20.0, exponent * math.log(base))))


def grown(horizon: int) -> float:
    """The horizon in thousands of steps; shorter ones count as 100."""
    return max(horizon, 100) / 1000


def bounded(name: str, unit: float, least: float, most: float) -> float:
    return max(least, min(most, unit * NUMBERS.get(name, 0.0)))


def rate(t: Scalar, horizon: int) -> Scalar:
    warmup = min(1.0, math.exp(NUMBERS["log_warmup"])) * horizon
    end = min(1.0, math.exp(NUMBERS["log_end"]))
    rise = (t + 1) / (warmup + 1)
    done = least((t - warmup) / max(1.0, horizon - warmup), 1.0)
    fall = end + (1 - end) * (0.5 + 0.5 * sc.cos(math.pi * done)) ** math.exp(NUMBERS["log_shape"])
    peak = {{rate}} * math.exp(NUMBERS["log_rate"]) * power(grown(horizon), NUMBERS["horizon_power"])
    return peak * select(t < warmup, rise, fall)


def beta(which: str, t: Scalar, horizon: int, vector: bool) -> Scalar:
    """A decay: 1 - beta is a power of the horizon that moves with time."""
    log = NUMBERS[f"log_one_minus_{which}"] + NUMBERS.get(f"{which}_slope", 0.0) * (t / horizon - 0.5)
    log = log + NUMBERS.get(f"{which.removesuffix('_beta')}_horizon", 0.0) * math.log(grown(horizon))
    log = log + (NUMBERS.get(f"vector_{which}", 0.0) if vector else 0.0)
    return -sc.expm1(least(most(log, -9.0), -0.02))


def decay(horizon: int) -> float:
    """What part of the weights is lost in a step, per unit of rate."""
    return math.exp(NUMBERS["log_decay"]) * power(grown(horizon), NUMBERS["decay_horizon_power"])


def tensor_rate(tensor: Tensor) -> float:
    """On the rate: by role, depth and width."""
    late = 0.0 if tensor.depth == 1 else tensor.place / (tensor.depth - 1) - 0.5
    by_depth = power(tensor.depth, NUMBERS["depth_power"]) * math.exp(late * bounded("late", 1, -8, 8))
    logs = {"input": NUMBERS["log_input"], "output": NUMBERS["log_output"], "vector": NUMBERS["log_vectors"]}
    role = by_depth if tensor.role == "hidden" else math.exp(min(20.0, logs[tensor.role]))
    return role * power(tensor.gradient, NUMBERS["width_power"])


def rotated(tensor: Tensor) -> list[int]:
    """The axes that are seen in their eigenbases."""
    axes = [i for i, n in enumerate(tensor.shape) if n <= {{longest}}]
    if ONE_SIDED:
        axes = [i for i in axes if tensor.shape[i] == min(tensor.shape)]
    return axes if len(tensor.shape) > 1 else []


def along(x: Array, matrix: Array, axis: int) -> Array:
    """x with this axis multiplied by the matrix from the left."""
    return xp.moveaxis(xp.tensordot(matrix, x, ([1], [axis])), 0, axis)


def turn(x: Array, bases: list[Array], axes: list[int], back: bool) -> Array:
    for q, axis in zip(bases, axes):
        x = along(x, q if back else q.T, axis)
    return x


def rms(x: Array) -> Array:
    return xp.sqrt(xp.mean(x * x))


def shortened(g: Array) -> Array:
    """A gradient whose norm is 1e15 at most."""
    norm = xp.sqrt(xp.sum((g / 1e15) ** 2)) * 1e15
    factor: Array = least(1e15 / most(norm, 1e-30), 1.0)
    return g * factor


def seen_as_is(tensor: Tensor, w: Array) -> State:
    """The state before the first step: averages and bases are 0 until then."""
    squares = [tensor.shape[i] for i in rotated(tensor)]
    averages, bases = [zeros(w, n, n) for n in squares], [zeros(w, n, n) for n in squares]
    return {"m": xp.zeros_like(w), "v": xp.zeros_like(w), "averages": averages, "bases": bases}


def followed(tensor: Tensor, g: Array, m: Array, v: Array, s: State, t: Scalar, horizon: int) -> State:
    """Takes the gradient into the averages; the first step finds the bases, and later ones follow, m and v along with them."""
    axes = rotated(tensor)
    if not axes:
        return {"m": m, "v": v, "averages": [], "bases": []}
    b = beta("shampoo_beta", t, horizon, False)
    averages = []
    for axis, average in zip(axes, s["averages"]):
        flat = xp.moveaxis(g, axis, 0).reshape(tensor.shape[axis], -1)
        averages.append(average + (1 - b) * (flat @ flat.T - average))

    def first() -> tuple[list[Array], Array, Array]:
        return [eigenvectors(average) for average in averages], m, v

    def improved() -> tuple[list[Array], Array, Array]:
        raw, square, bases = turn(m, s["bases"], axes, back=True), v, []
        for q, average, axis in zip(s["bases"], averages, axes):
            image = average @ q
            order = xp.argsort(-xp.sum(q * image, 0))
            square = xp.moveaxis(xp.moveaxis(square, axis, 0)[order], 0, axis)
            bases.append(xp.linalg.qr(image[:, order])[0])
        return bases, turn(raw, bases, axes, back=False), square

    def kept() -> tuple[list[Array], Array, Array]:
        return s["bases"], m, v

    bases, m, v = cond(t == 0, first, lambda: cond(t % FREQUENCY == 0, improved, kept))
    return {"m": m, "v": v, "averages": averages, "bases": bases}


