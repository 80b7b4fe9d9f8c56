# The rule. A tensor has the axes (inputs, outputs), or (…, inputs, outputs) for a kernel; g is its gradient, t counts steps from 0.
#   u = (m + nesterov (g - m)) / (sqrt(v) + epsilon)             in the eigenbases of the averages of G G^T over every other axis
#   f = u |u|^sharp (v/mean v)^spread (1 + agree sign(m g)) / sqrt(1 + squash u^2)
#   w <- w - rate(t) factors f, then w <- w - shrink w
# The first step only fills the averages and finds the bases{{first_comment}}; every {{frequency}} steps a power iteration and a QR follow the averages.
def start(tensor: Tensor, w: Array) -> State:
    return {**seen_as_is(tensor, w), "log_betas": [zero(w), zero(w)], "first": rms(w)}


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    axes = rotated(tensor)
    g = shortened(g)
    eta = rate(t, horizon) * tensor_rate(tensor)
    shrink = 0.0 if tensor.role == "vector" else least(eta * decay(horizon), 1.0)

    def moves() -> tuple[Array, Array, Array, Array, Array]:
        vector = len(tensor.shape) < 2
        b1, b2 = beta("beta1", t, horizon, vector), beta("beta2", t, horizon, vector)
        logs = [s["log_betas"][0] + sc.log(b1), s["log_betas"][1] + sc.log(b2)]
        turned = turn(g, s["bases"], axes, back=False)
        m = b1 * s["m"] + (1 - b1) * turned
        v = b2 * s["v"] + (1 - b2) * turned * turned
        f = shaped(turned, -m / xp.expm1(logs[0]), -v / xp.expm1(logs[1]), -1 / xp.expm1(logs[1]))
        factor = factors(tensor, bool(axes), rms(f), rms(w) / most(s["first"], 1e-30), s["first"] > 0)
        moved = w - eta * factor * turn(f, s["bases"], axes, back=True)
        return moved - shrink * moved, m, v, logs[0], logs[1]

    def stays() -> tuple[Array, Array, Array, Array, Array]:
        return {{first}}, s["m"], s["v"], s["log_betas"][0], s["log_betas"][1]

    w, m, v, log1, log2 = cond(t > 0, moves, stays)
    return w, {**followed(tensor, g, m, v, s, t, horizon), "log_betas": [log1, log2], "first": s["first"]}


def shaped(g: Array, m: Array, v: Array, correction: Array) -> Array:
    """What becomes of the elements; m and v are without bias, by the correction of v."""
    mean = most(xp.mean(v), 1.2e-38)
    u = (m + bounded("nesterov", 1, -2, 3) * (g - m)) / (xp.sqrt(v) + {{epsilon}})
    log = bounded("sharp", 0.5, -0.8, 2) * xp.log(abs(u) + 1e-12) + bounded("spread", 0.25, -0.5, 0.5) * xp.log(v / mean + 1e-12)
    f = u * xp.exp(least(most(log, -10.0), 10.0)) * (1 + bounded("agree", 0.5, -1, 1) * xp.sign(m * g))
    return f / xp.sqrt(1 + math.exp(min(10.0, NUMBERS.get("log_squash", -math.inf))) * u * u)


def factors(tensor: Tensor, is_rotated: bool, length: Array, growth: Array, has_grown: Array) -> Array:
    """muP's factor, and what the step follows besides."""
    hidden = tensor.role == "hidden" and is_rotated
    factor = (math.sqrt(tensor.scale) if hidden else tensor.scale) * (length + 1e-12) ** -bounded("norm", 0.5, -1, 1)
    if tensor.role != "vector":
        trust = least(most(growth, 0.01), 100.0) ** bounded("trust", 1, -1, 1.5)
        factor = factor * xp.where(has_grown, trust, xp.ones_like(trust))
    if len(tensor.shape) > 1:
        size = math.prod(tensor.shape)
        factor = factor * power(tensor.shape[-1] ** 2 / size, bounded("aspect", 0.5, -1, 1))
    return factor
