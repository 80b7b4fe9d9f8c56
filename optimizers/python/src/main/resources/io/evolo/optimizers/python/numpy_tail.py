

class Optimizer:
    """Trains a list of arrays in place.

    tensors: one for each array; total_steps: how many steps the training will have"""

    def __init__(self, params: list[Array], tensors: list[Tensor], total_steps: int) -> None:
        if len(params) != len(tensors):
            raise ValueError(f"{len(params)} arrays but {len(tensors)} tensors, expected as many")
        if total_steps < 1:
            raise ValueError(f"total_steps is {total_steps}, expected at least 1")
        self.params, self.tensors, self.total_steps, self.t = params, with_depth(tensors), total_steps, 0
        self.states = [start(tensor, w) for tensor, w in zip(self.tensors, params)]
        self.shared = begin(params[0]) if params else {}

    def step(self, gradients: list[Array], loss: float | None = None) -> None:
        """loss: the batch's before the step; only rules that read it need it"""
        if NEEDS_LOSS and loss is None:
            raise TypeError("the rule reads the loss: call step(gradients, loss)")
        for i, (tensor, g) in enumerate(zip(self.tensors, gradients, strict=True)):
            if g.shape != tensor.shape:
                raise ValueError(f"gradient {i} is {g.shape}, expected {tensor.shape}")
            if not TAKES_NAN and not np.isfinite(g).all():
                raise FloatingPointError(f"gradient {i} at step {self.t} is not finite; clip it, or lower what makes it so")
        seen = np.asarray(0.0 if loss is None else loss, self.params[0].dtype)
        leads, self.shared = conduct(self.tensors, self.params, self.states, self.shared, seen, self.t, self.total_steps)
        for i, (tensor, w, g) in enumerate(zip(self.tensors, self.params, gradients)):
            moved, self.states[i] = step(tensor, w, g, self.states[i], leads[i], self.t, self.total_steps)
            w[...] = moved
        self.t += 1


def trained(tensors: list[Tensor], values: list[Any], gradients: Callable[[int], list[Any]], steps: int, horizon: int) -> list[Any]:
    params = [np.array(x, np.float32).reshape(tensor.shape) for tensor, x in zip(tensors, values)]
    optimizer = Optimizer(params, tensors, horizon)
    for t in range(steps):
        optimizer.step([np.array(g, np.float32).reshape(x.shape) for g, x in zip(gradients(t), tensors)], golden_loss(t))
    return [w.reshape(-1).tolist() for w in params]
