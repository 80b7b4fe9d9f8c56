# The rule. An element's gradient, its value and six momenta, divided by their root mean square over the tensor, and eleven functions of
# time go through a network {{hidden}} units wide; its outputs make the step:
#   w <- w - rate(t) scale {{step_mult}} dir exp({{exp_mult}} mag)
THETA = unpack(
{{theta}}
)
NETWORK = [(19, {{hidden}}), ({{hidden}},), ({{hidden}}, {{hidden}}), ({{hidden}},), ({{hidden}}, 2), (2,)]
MOMENTUM_DECAYS = {{momentum_decays}}
TIMES = [1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000]


def rate(t: Scalar, horizon: int) -> Scalar:
{{rate}}


def start(tensor: Tensor, w: Array) -> State:
    return {"m": [xp.zeros_like(w) for _ in MOMENTUM_DECAYS]}


def step(tensor: Tensor, w: Array, g: Array, s: State, lead: State, t: Scalar, horizon: int) -> tuple[Array, State]:
    m = [b * old + (1 - b) * g for b, old in zip(MOMENTUM_DECAYS, s["m"])]
    x = xp.stack([f / xp.sqrt(1e-5 + xp.mean(f * f)) for f in [g, w, *m]], -1)
    time = array(w, [sc.tanh(t / scale - 1) for scale in TIMES])
    x = xp.concatenate([x, time + 0 * x[..., :1]], -1)
    w0, b0, w1, b1, w2, b2 = layers(w, THETA, NETWORK)
    y = relu(relu(x @ w0 + b0) @ w1 + b1) @ w2 + b2
    size = rate(t, horizon) * tensor.scale * {{step_mult}}
    return w - size * y[..., 0] * xp.exp({{exp_mult}} * y[..., 1]), {"m": m}
