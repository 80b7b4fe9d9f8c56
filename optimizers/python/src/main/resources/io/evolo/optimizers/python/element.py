# The rule. A tensor has the axes (inputs, outputs), or (…, inputs, outputs) for a kernel; g is its gradient, t counts steps from 0.
#   u = m / (sqrt(v) + epsilon), a = g / (sqrt(v) + epsilon)     {{view}}; m and v without bias
#   o, p = network(features), {{hidden}} units wide
#   f = u exp({{reach}} o) + a {{reach}} p
#   w <- w - rate(t) scale f, then w <- w - shrink w{{first_comment}}
THETA = unpack(
{{theta}}
)
FEATURES = [
{{features}}
]
NETWORK = [({{count}}, {{hidden}}), ({{hidden}},), ({{hidden}}, 2), (2,)]


def start(tensor: Tensor, w: Array) -> State:
    return {**seen_as_is(tensor, w), "factor": zero(w)}


def quarter_log(x: Any) -> Any:
    return 0.25 * (math.log(x) if isinstance(x, float) else xp.log(x))


def element_features(u: Array, a: Array, v: Array) -> dict[str, Array]:
    mean = most(xp.mean(v), 1.2e-38)
    row = column = 0 * u
    if len(v.shape) > 1:
        others = tuple(range(len(v.shape) - 1))
        row = row + quarter_log(mean_over(v, (len(v.shape) - 1,)) / mean + 1e-12)
        column = column + quarter_log(mean_over(v, others) / mean + 1e-12)
    return {
        "step": u,
        "fresh": least(most(a, -8.0), 8.0),
        "steadiness": abs(u),
        "surprise": least(abs(a), 8.0),
        "agreement": u * a / (1 + abs(u * a)),
        "share": quarter_log(v / mean + 1e-12),
        "row_share": row,
        "column_share": column,
    }


def tensor_features(tensor: Tensor, w: Array, signal: Array, lead: State, t: Scalar, horizon: int) -> dict[str, Any]:
    places = {"input": -0.5, "output": 0.5, "vector": 0.0, "hidden": tensor.place / max(1, tensor.depth - 1) - 0.5}
    matrix = len(tensor.shape) > 1 and not tensor.embedding
    fan_in = math.prod(tensor.shape) // tensor.shape[-1] if matrix else 1
    return {
        "time": t / horizon - 0.5,
        "horizon": quarter_log(horizon / 1000),
        "depth": 0.0 if tensor.role == "hidden" and tensor.depth == 1 else places[tensor.role],
        "layers": quarter_log(float(tensor.depth)),
        "width": quarter_log(float(tensor.gradient)),
        "fan_in": quarter_log(fan_in / 64),
        "vector": float(tensor.role == "vector"),
        "noise": xp.sqrt(most(signal, 0.0)),
        "trust": quarter_log(rms(w) + 1e-6),
        "loss_trend": least(most(lead.get("trend", 0.0), -2.0), 2.0),
    }


def brought_near_one(g: Array) -> Array:
    """The power of two that the tensor's gradients are multiplied by; 0 while they are 0."""
    largest = xp.amax(abs(g))
    exponent = xp.floor(xp.log2(most(largest, 1e-38) * rms(g / most(largest, 1e-38))))
    factor: Array = xp.where(largest > 0, 2.0**-exponent, xp.zeros_like(largest))
    return factor


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    axes = rotated(tensor)
    factor: Array = xp.where(s["factor"] > 0, s["factor"], brought_near_one(g))
    g = shortened(g * xp.where(factor > 0, factor, xp.ones_like(factor)))
    eta = rate(t, horizon) * tensor_rate(tensor)
    shrink = 0.0 if tensor.role == "vector" else least(eta * decay(horizon), 1.0)
    scale = math.sqrt(tensor.scale) if tensor.role == "hidden" and axes else tensor.scale

    def moves() -> tuple[Array, Array, Array]:
        b1, b2 = (max(0.0, min(1 - 2**-24, -math.expm1(NUMBERS[f"log_one_minus_beta{i}"]))) for i in (1, 2))
        one, two = -1 / sc.expm1({{taken}} * math.log(b1)), -1 / sc.expm1({{taken}} * math.log(b2))
        turned = turn(g, s["bases"], axes, back=False)
        m = b1 * s["m"] + (1 - b1) * turned
        v = b2 * s["v"] + (1 - b2) * turned * turned
        bottom = xp.sqrt(v * two) + 1e-5 * xp.sqrt(most(xp.mean(v), 1.2e-38) * two)
        u, a = m * one / bottom, turned / bottom
        signal = one * one * xp.sum(m * m) / (two * xp.sum(v) + 1.2e-38)
        values = {**element_features(u, a, v), **tensor_features(tensor, w, signal, lead, t, horizon)}
        w0, b0, w1, bias = layers(w, THETA, NETWORK)
        x = xp.stack([0 * u + values[name] for name in FEATURES], -1)
        y = relu(x @ w0 + b0) @ w1 + bias
        f = u * xp.exp(least(most({{reach}} * y[..., 0], -10.0), 10.0)) + a * ({{reach}} * y[..., 1])
        moved = w - eta * scale * turn(f, s["bases"], axes, back=True)
        return moved - shrink * moved, m, v

    def stays() -> tuple[Array, Array, Array]:
        return w, s["m"], s["v"]

    w, m, v = {{when}}
    return w, {**followed(tensor, g, m, v, s, t, horizon), "factor": factor}
