# The rule. A tensor has the axes (inputs, outputs), or (…, inputs, outputs) for a kernel; g is its gradient, t counts steps from 0.
#   u = (m + nesterov (g - m)) / (sqrt(v) + epsilon)             in the eigenbases of the averages of G G^T over every other axis
#   f = u |u|^sharp (v/mean v)^spread (1 + agree sign(m g)) / sqrt(1 + squash u^2)
#   w <- w - rate(t) factors f, then w <- w - shrink w
# The first step only fills the averages and finds the bases{{first_comment}}; every {{frequency}} steps a power iteration and a QR follow the averages.
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


def start(tensor: Tensor, w: Array) -> State:
    squares = [n for n in (tensor.shape[i] for i in rotated(tensor))]
    return {
        "m": xp.zeros_like(w),
        "v": xp.zeros_like(w),
        "averages": [zeros(w, n, n) for n in squares],
        "bases": [zeros(w, n, n) for n in squares],
        "log_betas": [zero(w), zero(w)],
        "first": rms(w),
    }


def step(tensor: Tensor, w: Array, g: Array, s: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    axes = rotated(tensor)
    size = math.prod(tensor.shape)
    norm = xp.sqrt(xp.sum((g / 1e15) ** 2)) * 1e15
    g = g * least(1e15 / most(norm, 1e-30), 1.0)

    eta = rate(t, horizon) * tensor_rate(tensor)
    decay = math.exp(NUMBERS["log_decay"]) * power(grown(horizon), NUMBERS["decay_horizon_power"])
    shrink = 0.0 if tensor.role == "vector" else least(eta * decay, 1.0)

    def moves() -> tuple[Array, Array, Array, Array, Array]:
        vector = len(tensor.shape) < 2
        b1, b2 = beta("beta1", t, horizon, vector), beta("beta2", t, horizon, vector)
        logs = [s["log_betas"][0] + sc.log(b1), s["log_betas"][1] + sc.log(b2)]
        turned = turn(g, s["bases"], axes, back=False)
        m = b1 * s["m"] + (1 - b1) * turned
        v = b2 * s["v"] + (1 - b2) * turned * turned
        f = shaped(turned, -m / xp.expm1(logs[0]), -v / xp.expm1(logs[1]), -1 / xp.expm1(logs[1]))
        factor = factors(tensor, size, bool(axes), rms(f), rms(w) / most(s["first"], 1e-30), s["first"] > 0)
        moved = w - eta * factor * turn(f, s["bases"], axes, back=True)
        return moved - shrink * moved, m, v, logs[0], logs[1]

    def stays() -> tuple[Array, Array, Array, Array, Array]:
        return {{first}}, s["m"], s["v"], s["log_betas"][0], s["log_betas"][1]

    w, m, v, log1, log2 = cond(t > 0, moves, stays)
    averages = []
    for axis, average in zip(axes, s["averages"]):
        b = beta("shampoo_beta", t, horizon, False)
        flat = xp.moveaxis(g, axis, 0).reshape(tensor.shape[axis], -1)
        averages.append(average + (1 - b) * (flat @ flat.T - average))

    def first() -> tuple[list[Array], Array, Array]:
        return [eigenvectors(average) for average in averages], m, v

    def followed() -> tuple[list[Array], Array, Array]:
        raw, square, bases = turn(m, s["bases"], axes, back=True), v, []
        for q, average, axis in zip(s["bases"], averages, axes):
            image = average @ q
            order = xp.argsort(-xp.sum(q * image, 0))
            square = xp.moveaxis(xp.moveaxis(square, axis, 0)[order], 0, axis)
            bases.append(xp.linalg.qr(image[:, order])[0])
        return bases, turn(raw, bases, axes, back=False), square

    def kept() -> tuple[list[Array], Array, Array]:
        return s["bases"], m, v

    if axes:
        bases, m, v = cond(t == 0, first, lambda: cond(t % FREQUENCY == 0, followed, kept))
    else:
        bases = []
    return w, {"m": m, "v": v, "averages": averages, "bases": bases, "log_betas": [log1, log2], "first": s["first"]}


def shaped(g: Array, m: Array, v: Array, correction: Array) -> Array:
    """What becomes of the elements; m and v are without bias, by the correction of v."""
    mean = most(xp.mean(v), 1.2e-38)
    u = (m + bounded("nesterov", 1, -2, 3) * (g - m)) / (xp.sqrt(v) + {{epsilon}})
    log = bounded("sharp", 0.5, -0.8, 2) * xp.log(abs(u) + 1e-12) + bounded("spread", 0.25, -0.5, 0.5) * xp.log(v / mean + 1e-12)
    f = u * xp.exp(least(most(log, -10.0), 10.0)) * (1 + bounded("agree", 0.5, -1, 1) * xp.sign(m * g))
    return f / xp.sqrt(1 + math.exp(min(10.0, NUMBERS.get("log_squash", -math.inf))) * u * u)


def factors(tensor: Tensor, size: int, is_rotated: bool, length: Array, growth: Array, has_grown: Array) -> Array:
    """muP's factor, and what the step follows besides."""
    hidden = tensor.role == "hidden" and is_rotated
    factor = (math.sqrt(tensor.scale) if hidden else tensor.scale) * (length + 1e-12) ** -bounded("norm", 0.5, -1, 1)
    if tensor.role != "vector":
        trust = least(most(growth, 0.01), 100.0) ** bounded("trust", 1, -1, 1.5)
        factor = factor * xp.where(has_grown, trust, xp.ones_like(trust))
    if len(tensor.shape) > 1:
        factor = factor * power(tensor.shape[-1] ** 2 / size, bounded("aspect", 0.5, -1, 1))
    return factor


def tensor_rate(tensor: Tensor) -> float:
    """On the rate: by role, depth and width."""
    late = 0.0 if tensor.depth == 1 else tensor.place / (tensor.depth - 1) - 0.5
    by_depth = power(tensor.depth, NUMBERS["depth_power"]) * math.exp(late * bounded("late", 1, -8, 8))
    logs = {"input": NUMBERS["log_input"], "output": NUMBERS["log_output"], "vector": NUMBERS["log_vectors"]}
    role = by_depth if tensor.role == "hidden" else math.exp(min(20.0, logs[tensor.role]))
    return role * power(tensor.gradient, NUMBERS["width_power"])
