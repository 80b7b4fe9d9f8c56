# The rule: Adam with learned numbers.
RATE = {{rate}}
BETAS = {{betas}}
EPSILON = {{epsilon}}


def start(tensor: Tensor, w: Array) -> State:
    return {"m": xp.zeros_like(w), "v": xp.zeros_like(w)}


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    b1, b2 = BETAS
    m = b1 * s["m"] + (1 - b1) * g
    v = b2 * s["v"] + (1 - b2) * g * g
    u = m / (1 - b1 ** (t + 1)) / (xp.sqrt(v / (1 - b2 ** (t + 1)) + {{inside}}) + EPSILON)
    return w - RATE * tensor.scale * u, {"m": m, "v": v}
