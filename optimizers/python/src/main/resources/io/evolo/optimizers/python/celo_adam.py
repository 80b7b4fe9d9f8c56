# Then Adam moves the elements at that rate:
#   w <- (1 - rate(t) decay) w - rate(t) scale size {{step_mult}} m / (sqrt(v + inside) + outside)         m and v without bias
def rate(t: Scalar, horizon: int) -> Scalar:
{{rate}}


def start(tensor: Tensor, w: Array) -> State:
    return {"m": xp.zeros_like(w), "v": xp.zeros_like(w)}


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    b1, b2 = {{adam_betas}}
    g = least(most(g, -1000.0), 1000.0)
    m = b1 * s["m"] + (1 - b1) * g
    v = b2 * s["v"] + (1 - b2) * g * g
    eta = rate(t, horizon)
    u = m / (1 - b1 ** (t + 1)) / (xp.sqrt(v / (1 - b2 ** (t + 1)) + {{adam_eps_inside}}) + {{adam_eps_outside}})
    return (1 - eta * {{weight_decay}}) * w - eta * tensor.scale * {{step_mult}} * lead["size"] * u, {"m": m, "v": v}
