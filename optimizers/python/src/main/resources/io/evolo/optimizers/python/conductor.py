# Before any element is moved, a recurrent network is told how far the training is and how the loss went{{told}}.
# It gives {{gives}}.
THETA = unpack(
{{theta}}
)
INPUTS, UNITS = {{inputs}}, {{lstm}}
LAYERS: list[tuple[int, ...]] = [
    *[(INPUTS, UNITS), (UNITS,)] * 3,  # the first takes no part
    *[(2 * UNITS, 4 * UNITS), (4 * UNITS,)],
{{controls}}    *[(UNITS, 1), (1,)],
    *[(UNITS,), (UNITS,)],
{{networks}}]
FRACTIONS = [0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1]
SPANS = 10


def sigmoid(x: Array) -> Array:
    return 1 / (1 + xp.exp(-x))


def begin(like: Array) -> State:
    """What is remembered beside each tensor's state: averages of the loss over ten spans of time, and each one's least value so far."""
    losses = {"means": zeros(like, SPANS), "least": zeros(like, SPANS) + 1e12}
    return {{begin}}


def remembered(losses: State, loss: Array, t: Scalar, horizon: int) -> tuple[Array, State]:
    """Where each average lies between its least value and the next longer span's; 0 until the third loss."""
    span = math.log(horizon / 10) / (SPANS - 1)
    decays = [single(math.exp(-1 / (10 * math.exp(i * span)))) for i in range(SPANS)]
    bias = 1 - powers(loss, decays, t + 1)
    decay = array(loss, decays)
    largest = select(t > 0, xp.amax(losses["means"] / bias), loss)
    means = decay * losses["means"] + (1 - decay) * xp.minimum(abs(largest) * 2, loss)
    lowest = xp.minimum(losses["least"], means / bias)
    between = (means / bias - lowest)[:-1] / most((means / bias)[1:] - lowest[:-1], 1e-8)
    features = least(most(between - 1, -1.0), 1.0) * select(t > 1, 1.0, 0.0)
    return features, {"means": means, "least": lowest}


{{tensor_features}}def conduct(
    tensors: list[Tensor], params: list[Array], states: list[State], shared: State, loss: Array, t: Scalar, horizon: int
) -> tuple[list[State], State]:
    """What each tensor is told of all of them{{tells}}."""
    _, _, a2, b2, a3, b3, gates, gate_bias, {{unpacked}} = layers(loss, THETA, LAYERS)
    seen, losses = remembered({"means": shared["means"], "least": shared["least"]}, loss, t, horizon)
    time = array(loss, [sc.tanh(10 * (t / horizon - x)) for x in FRACTIONS])
{{rows}}
    z = x @ a3 + b3 + xp.amax(relu(x @ a2 + b2), 0)
    y = xp.concatenate([z, h], -1) @ gates + gate_bias
    i, g, f, o = (y[:, k * UNITS : (k + 1) * UNITS] for k in range(4))
    c = sigmoid(f + 1) * c + sigmoid(i) * xp.tanh(g)
    h = sigmoid(o) * xp.tanh(c)
    size = {{size}}
{{result}}


