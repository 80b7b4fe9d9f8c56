# The rule: gradient descent{{with}} at a learned rate.
RATE = {{rate}}
MOMENTUM = {{momentum}}


def start(tensor: Tensor, w: Array) -> State:
    return {"m": xp.zeros_like(w)}


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    m = MOMENTUM * s["m"] + g
    return w - RATE * tensor.scale * tensor.gradient * m, {"m": m}
