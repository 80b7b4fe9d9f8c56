def begin(like: Array) -> State:
    """What is remembered beside each tensor's state: means of the loss over 10 and 100 steps, and the mean distance from the latter."""
    return {"short": zero(like), "long": zero(like), "distance": zero(like)}


def conduct(
    tensors: list[Tensor], params: list[Array], states: list[State], shared: State, loss: Array, t: Scalar, horizon: int
) -> tuple[list[State], State]:
    """What each tensor is told of all of them: how far the loss of the last ten steps is above that of the last hundred."""
    short = select(t > 0, shared["short"] + 0.1 * (loss - shared["short"]), loss)
    long = select(t > 0, shared["long"] + 0.01 * (loss - shared["long"]), loss)
    distance = shared["distance"] + 0.01 * (abs(loss - long) - shared["distance"])
    trend = xp.where(distance > 0, (short - long) / xp.where(distance > 0, distance, 1 + 0 * distance), 0 * distance)
    return [{"trend": trend} for _ in tensors], {"short": short, "long": long, "distance": distance}


