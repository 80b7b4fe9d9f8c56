# Then thirty features of an element's gradient history go through {{which}} network {{hidden}} units wide; its outputs make the step:
#   w <- (w - rate(t) scale size {{step_mult}} {{by_scale}}dir exp({{exp_mult}} mag)) (1 - rate(t) decay)
# Features are divided by their root mean square over the tensor; second moments are also kept as means over the two longest axes.
MOMENTUM_DECAYS = {{momentum_decays}}
RMS_DECAY = {{rms_decay}}
FACTORED_DECAYS = {{factored_decays}}


def rate(t: Scalar, horizon: int) -> Scalar:
{{rate}}


def start(tensor: Tensor, w: Array) -> State:
    return {{start}}


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    g = least(most(g, -1000.0), 1000.0)
    s, expanded, factors = averaged(tensor, g, s)
    m, v = s["m"], s["v"]
    q = 1 / xp.sqrt(v + 1e-6)
    features = [g, least(most(g, -0.1), 0.1), w, *m, v, *(x * q for x in m), q]
    features += [g * f for f in factors] if factors else [g * root(r + 1e-9) for r in s["rows"]]
    features += [g * q] + [r for r, _ in expanded] + [c for _, c in expanded]
    features += [1 / xp.sqrt(r + 1e-8) for r, _ in expanded] + [1 / xp.sqrt(c + 1e-8) for _, c in expanded]
    features += [x * f for x, f in zip(m, factors)] if factors else [x / xp.sqrt(r) for x, r in zip(m, s["rows"])]
    x = xp.stack([f / xp.sqrt(1e-5 + xp.mean(f * f)) for f in features], -1)
    w0, b0, w1, b1, w2, b2 = {{network}}
    y = relu(relu(x @ w0 + b0) @ w1 + b1) @ w2 + b2
    eta = rate(t, horizon)
    size = eta * tensor.scale * {{step_mult}} * {{size_of}}
    moved = w - size * y[..., 0] * xp.exp({{exp_mult}} * y[..., 1])
    return moved * (1 - eta * {{weight_decay}}), {{state}}
