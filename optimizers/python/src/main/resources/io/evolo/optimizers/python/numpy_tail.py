

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

    def step(self, gradients: list[Array]) -> None:
        for i, (tensor, w, g) in enumerate(zip(self.tensors, self.params, gradients)):
            if not np.isfinite(g).all():
                raise FloatingPointError(f"gradient {i} at step {self.t} is not finite; clip it, or lower what makes it so")
            moved, self.states[i] = step(tensor, w, g, self.states[i], self.t, self.total_steps)
            w[...] = moved
        self.t += 1


def trained(tensors: list[Tensor], values: list[Any], gradients: Callable[[int], list[Any]], steps: int, horizon: int) -> list[Any]:
    params = [np.array(x, np.float32).reshape(tensor.shape) for tensor, x in zip(tensors, values)]
    optimizer = Optimizer(params, tensors, horizon)
    for t in range(steps):
        optimizer.step([np.array(g, np.float32).reshape(x.shape) for g, x in zip(gradients(t), tensors)])
    return [w.reshape(-1).tolist() for w in params]
