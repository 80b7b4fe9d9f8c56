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


def longest(shape: tuple[int, ...]) -> tuple[int, int]:
    """The longest axis and the second longest; of equal ones the later is the longer."""
    order = sorted(range(len(shape)), key=lambda i: shape[i])
    return order[-1], order[-2]


def start(tensor: Tensor, w: Array) -> State:
    rows = columns = w
    if len(tensor.shape) > 1:
        d0, d1 = longest(tensor.shape)
        rows, columns = xp.mean(w, d0), xp.mean(w, d1)
    return {
        "m": [xp.zeros_like(w) for _ in range(3)],
        "v": xp.zeros_like(w),
        "rows": [xp.zeros_like(rows) for _ in range(3)],
        "columns": [xp.zeros_like(columns) for _ in range(3)],
    }


def root(x: Array) -> Array:
    return 1 / xp.sqrt(most(x, 1e-9))


def step(tensor: Tensor, w: Array, g: Array, s: State, t: Scalar, horizon: int) -> tuple[Array, State]:
{{level}}    m = [b * old + (1 - b) * g for b, old in zip(MOMENTUM_DECAYS, s["m"])]
    v = RMS_DECAY * s["v"] + (1 - RMS_DECAY) * g * g
    square = g * g + 1e-30
    q = 1 / xp.sqrt(v + 1e-6)
    rows, columns, expanded, factors = [], [], [], []
    for b, old_rows, old_columns in zip(FACTORED_DECAYS, s["rows"], s["columns"]):
        if len(tensor.shape) > 1:
            d0, d1 = longest(tensor.shape)
            r = b * old_rows + (1 - b) * xp.mean(square, d0)
            c = b * old_columns + (1 - b) * xp.mean(square, d1)
            group = d1 - 1 if d1 > d0 else d1
            by_row = root(r / (expand(xp.mean(r, group), group) + 1e-9))
            factors.append(expand(by_row, d0) * expand(root(c), d1))
            expanded.append((expand(r, d0) + 0 * g, expand(c, d1) + 0 * g))
        else:
            r = c = b * old_rows + (1 - b) * square
            expanded.append((r, c))
        rows.append(r)
        columns.append(c)
    features = [g, w, *m, v, *(x * q for x in m), q]
    if factors:
        features += [g * f for f in factors]
    else:
        features += [g * root(r + 1e-9) for r in rows]
    features += [r for r, _ in expanded] + [c for _, c in expanded]
    features += [1 / xp.sqrt(r + 1e-8) for r, _ in expanded] + [1 / xp.sqrt(c + 1e-8) for _, c in expanded]
    if factors:
        features += [x * f for x, f in zip(m, factors)]
    else:
        features += [x / xp.sqrt(r + 1e-6) for x, r in zip(m, rows)]
    x = xp.stack([f / xp.sqrt(1e-5 + xp.mean(f * f)) for f in features], -1)
    time = array(w, [sc.tanh(t / scale - 1) for scale in TIMES])
    x = xp.concatenate([x, time + 0 * x[..., :1]], -1)
    w0, b0, w1, b1, w2, b2 = layers(w, THETA, NETWORK)
    y = relu(relu(x @ w0 + b0) @ w1 + b1) @ w2 + b2
    eta = rate(t, horizon)
    size = eta * tensor.scale * {{step_mult}}
    moved = {{update}}
    return moved, {"m": m, "v": v, "rows": rows, "columns": columns}
