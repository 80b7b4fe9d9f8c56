# The rule. Thirty features of an element's gradient history go through a network {{hidden}} units wide; its first output is the direction,
# {{orthogonal}}brought to root mean square 1:
#   w <- (1 - rate decay) w - rate scale dir / rms(dir)
# Features are divided by their root mean square over a slice (the last two axes); second moments are also kept as means over the two
# longest axes.
THETA = unpack(
{{theta}}
)
NETWORK = [(30, {{hidden}}), ({{hidden}},), ({{hidden}}, {{hidden}}), ({{hidden}},), ({{hidden}}, 3), (3,)]
MOMENTUM_DECAYS = {{momentum_decays}}
RMS_DECAY = {{rms_decay}}
FACTORED_DECAYS = {{factored_decays}}
ORTHOGONALIZE = {{orthogonalize}}
VECTORS_BY_ADAM = {{vectors_by_adam}}
EMBEDDINGS_BY_ADAM = {{embeddings_by_adam}}
DECAY = {{weight_decay}}


def rate(t: Scalar, horizon: int) -> Scalar:
{{rate}}


def start(tensor: Tensor, w: Array) -> State:
    return empty(tensor, w)


def orthogonal(x: Array) -> Array:
    """Five Newton-Schulz steps on the last two axes."""
    x = x / (expand(expand(xp.sqrt(xp.sum(x * x, (-2, -1))), -1), -1) + {{norm_epsilon}})
    tall = x.shape[-2] > x.shape[-1]
    for _ in range(5):
        a = transposed(x) @ x if tall else x @ transposed(x)
        b = -4.7750 * a + 2.0315 * (a @ a)
        x = 3.4445 * x + (x @ b if tall else b @ x)
    return x


def adam(tensor: Tensor, w: Array, g: Array, s: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    """What moves vectors."""
    b1, b2 = {{adam_betas}}
    m = b1 * s["m"][0] + (1 - b1) * g
    v = b2 * s["v"] + (1 - b2) * g * g
    eta = rate(t, horizon) * {{adam_rate_multiplier}}
    u = m / (1 - b1 ** (t + 1)) / (xp.sqrt(v / (1 - b2 ** (t + 1)) + {{adam_eps_inside}}) + {{adam_eps_outside}})
    return (1 - eta * DECAY) * w - eta * tensor.scale * u, {**s, "m": [m, *s["m"][1:]], "v": v}


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    g = least(most({{level}}, -1000.0), 1000.0)
    matrix = len(tensor.shape) > 1
    if (VECTORS_BY_ADAM and not matrix) or (EMBEDDINGS_BY_ADAM and tensor.embedding):
        return adam(tensor, w, g, s, t, horizon)
    s, expanded, factors = averaged(tensor, g, s)
    m, v = s["m"], s["v"]
    q = 1 / xp.sqrt(v + 1e-8)
    features = [g, least(most(g, -0.1), 0.1), w, *m, v, *(x * q for x in m), q]
    if matrix:
        features += [g * f for f in factors] + [g * q] + [r for r, _ in expanded] + [c for _, c in expanded]
        features += [1 / xp.sqrt(r + 1e-8) for r, _ in expanded] + [1 / xp.sqrt(c + 1e-8) for _, c in expanded]
        features += [x * f for x, f in zip(m, factors)]
    else:
        features += [g * root(r + 1e-9) for r in s["rows"]] + [g * q] + [xp.zeros_like(g) for _ in range(15)]
    over = (-2, -1) if matrix else tuple(range(len(tensor.shape)))
    x = xp.stack([f / xp.sqrt(1e-9 + mean_over(f * f, over)) for f in features], -1)
    w0, b0, w1, b1, w2, b2 = layers(w, THETA, NETWORK)
    direction = (relu(relu(x @ w0 + b0) @ w1 + b1) @ w2 + b2)[..., 0]
    scale = tensor.scale
    if ORTHOGONALIZE and matrix:
        direction, scale = orthogonal(direction), math.sqrt(scale)
    direction = direction / xp.sqrt(1e-9 + mean_over(direction * direction, over))
    eta = rate(t, horizon)
    return (1 - eta * DECAY) * w - eta * scale * direction, s
