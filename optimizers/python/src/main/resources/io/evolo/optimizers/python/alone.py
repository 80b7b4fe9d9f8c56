def begin(like: Array) -> State:
    """What is remembered beside each tensor's state: nothing."""
    return {}


def conduct(
    tensors: list[Tensor], params: list[Array], states: list[State], shared: State, loss: Array, t: Scalar, horizon: int
) -> tuple[list[State], State]:
    """What each tensor is told of all of them: nothing."""
    return [{} for _ in tensors], shared


