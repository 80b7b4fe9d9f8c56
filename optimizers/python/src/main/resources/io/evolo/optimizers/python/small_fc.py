# The rule. Thirty-nine features of an element's gradient history go through a network {{hidden}} units wide; its outputs make the step:
#   w <- w - rate(t) scale {{step_mult}} dir exp({{exp_mult}} mag)
# Features are divided by their root mean square over the tensor; second moments are also kept as means over the two longest axes.
THETA = unpack(
{{theta}}
)
NETWORK = [(39, {{hidden}}), ({{hidden}},), ({{hidden}}, {{hidden}}), ({{hidden}},), ({{hidden}}, 2), (2,)]
MOMENTUM_DECAYS = {{momentum_decays}}
RMS_DECAY = {{rms_decay}}
FACTORED_DECAYS = {{factored_decays}}
TIMES = [1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000]


def rate(t: Scalar, horizon: int) -> Scalar:
{{rate}}


def start(tensor: Tensor, w: Array) -> State:
    return empty(tensor, w)


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
{{level}}    s, expanded, factors = averaged(tensor, g, s)
    m, v = s["m"], s["v"]
    q = 1 / xp.sqrt(v + 1e-6)
    features = [g, w, *m, v, *(x * q for x in m), q]
    if factors:
        features += [g * f for f in factors]
    else:
        features += [g * root(r + 1e-9) for r in s["rows"]]
    features += [r for r, _ in expanded] + [c for _, c in expanded]
    features += [1 / xp.sqrt(r + 1e-8) for r, _ in expanded] + [1 / xp.sqrt(c + 1e-8) for _, c in expanded]
    if factors:
        features += [x * f for x, f in zip(m, factors)]
    else:
        features += [x / xp.sqrt(r + 1e-6) for x, r in zip(m, s["rows"])]
    x = xp.stack([f / xp.sqrt(1e-5 + xp.mean(f * f)) for f in features], -1)
    time = array(w, [sc.tanh(t / scale - 1) for scale in TIMES])
    x = xp.concatenate([x, time + 0 * x[..., :1]], -1)
    w0, b0, w1, b1, w2, b2 = layers(w, THETA, NETWORK)
    y = relu(relu(x @ w0 + b0) @ w1 + b1) @ w2 + b2
    eta = rate(t, horizon)
    size = eta * tensor.scale * {{step_mult}}
    return {{update}}, s
