

def axes_of(shape: torch.Size) -> tuple[int, ...]:
    """PyTorch's weights are (outputs, inputs, ...); the rule's are (..., inputs, outputs)."""
    return tuple(range(2, len(shape))) + (1, 0) if len(shape) > 1 else tuple(range(len(shape)))


def roles(model: torch.nn.Module) -> dict[str, str]:
    """The role of every parameter: embeddings and the first layer with a weight matrix take the input, the last one makes the output."""
    matrices = [
        f"{name}.weight" if name else "weight"
        for name, module in model.named_modules()
        if isinstance(getattr(module, "weight", None), torch.nn.Parameter) and module.weight.ndim > 1
    ]
    embeddings = {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, torch.nn.Embedding)}
    layers_only = [name for name in matrices if name not in embeddings]
    result = {}
    for name, p in model.named_parameters():
        if p.ndim < 2:
            result[name] = "vector"
        elif name in embeddings or (not embeddings and layers_only[:1] == [name] and len(layers_only) > 1):
            result[name] = "input"
        else:
            result[name] = "output" if layers_only[-1:] == [name] else "hidden"
    return result


def explain(model: torch.nn.Module, base_width: int | None = {{base_width}}) -> str:
    """A line for every parameter: its role, and by what its update is scaled."""
    lines = [f"{'parameter':40} {'shape':20} {'role':8} scale"]
    kinds = roles(model)
    for name, p in model.named_parameters():
        tensor = scaled(tuple(p.shape[i] for i in axes_of(p.shape)), kinds[name], base_width, False)
        lines.append(f"{name:40} {tuple(p.shape)!s:20} {tensor.role:8} {tensor.scale:.4g}")
    return "\n".join(lines)


class {{class}}(torch.optim.Optimizer):
    """{{summary}}

    params: a module, named parameters, parameters, or groups of them; roles are known of a module alone, elsewhere they are guessed
        from the order: the first matrix takes the input, the last makes the output
    total_steps: how many steps the training will have
    lr: multiplies every step, so that any scheduler works; 1 is what was learned
    base_width: width at which the rule was learned, by which updates are scaled; None: not at all
    roles: by parameter name, for those that are told otherwise than `roles(model)` has it: input, hidden, output or vector
    """

    def __init__(
        self,
        params: Any,
        total_steps: int,
        lr: float = 1.0,
        base_width: int | None = {{base_width}},
        roles: dict[str, str] | None = None,
    ) -> None:
        if total_steps < 1:
            raise ValueError(f"total_steps is {total_steps}, expected at least 1")
        if lr < 0:
            raise ValueError(f"lr is {lr}, expected at least 0")
        kinds = globals()["roles"](params) if isinstance(params, torch.nn.Module) else {}
        named = list(params.named_parameters()) if isinstance(params, torch.nn.Module) else params
        for name, role in (roles or {}).items():
            if kinds and name not in kinds:
                raise ValueError(f"roles: no parameter is named {name!r}, expected one of {', '.join(kinds)}")
            if role not in ("input", "hidden", "output", "vector"):
                raise ValueError(f"roles: {name!r} is {role!r}, expected input, hidden, output or vector")
            kinds[name] = role
        self.total_steps, self.base_width, self.kinds = total_steps, base_width, kinds
        super().__init__(named, {"lr": lr})
        self._warned = False
        self._tensors = self._described()

    def _described(self) -> dict[torch.Tensor, Tensor]:
        flat = [(p, name) for group in self.param_groups for p, name in self._named(group)]
        matrices = [p for p, _ in flat if p.ndim > 1]
        described = []
        for p, name in flat:
            guess = "vector" if p.ndim < 2 else "hidden"
            if p.ndim > 1 and p is matrices[-1]:
                guess = "output"
            elif p.ndim > 1 and p is matrices[0]:
                guess = "input"
            shape = tuple(p.shape[i] for i in axes_of(p.shape))
            described.append(scaled(shape, self.kinds.get(name, guess), self.base_width, False))
        return dict(zip((p for p, _ in flat), with_depth(described)))

    @staticmethod
    def _named(group: dict[str, Any]) -> list[tuple[torch.Tensor, str]]:
        return list(zip(group["params"], group.get("param_names", [""] * len(group["params"]))))

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group(param_group)
        if hasattr(self, "_tensors"):
            self._tensors = self._described()

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p, name in self._named(group):
                if p.grad is not None:
                    self._move(p, p.grad, name or "a parameter", group["lr"])
        return loss

    def _move(self, p: torch.Tensor, gradient: torch.Tensor, name: str, lr: float) -> None:
        if gradient.is_sparse:
            raise RuntimeError(f"the gradient of {name} is sparse, expected a dense one; use sparse=False")
        axes = axes_of(p.shape)
        dtype = torch.float64 if p.dtype == torch.float64 else torch.float32
        w, g = p.to(dtype).permute(axes), gradient.to(dtype).permute(axes)
        state = self.state[p]
        if not state:
            state.update(start(self._tensors[p], w), step=torch.zeros(()))
        t = int(state["step"])
        if not torch.isfinite(g).all():
            raise FloatingPointError(f"the gradient of {name} at step {t} is not finite; skip the step, or clip")
        if t >= self.total_steps and not self._warned:
            self._warned = True
            warnings.warn(f"step {t + 1} of {self.total_steps} planned: make a new optimizer with a larger total_steps", stacklevel=3)
        kept = {key: value for key, value in state.items() if key != "step"}
        moved, kept = step(self._tensors[p], w, g, kept, t, self.total_steps)
        state.update(kept, step=state["step"] + 1)
        back = sorted(range(len(axes)), key=lambda i: axes[i])
        p.copy_((w + lr * (moved - w)).permute(back))

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As of every optimizer; state stays float32 where parameters are not."""
        for key, kept in state_dict["state"].items():
            flat = [p for group in self.param_groups for p in group["params"]]
            shape = tuple(flat[key].shape[i] for i in axes_of(flat[key].shape))
            if "v" in kept and tuple(kept["v"].shape) != shape:
                raise ValueError(f"parameter {key} is {shape}, but its state {tuple(kept['v'].shape)}; load it into the same network")
        super().load_state_dict(state_dict)
        flat = [p for group in self.param_groups for p in group["params"]]
        for key, kept in state_dict["state"].items():
            self.state[flat[key]].update(_moved(kept, flat[key].device))


def _moved(kept: Any, device: Any) -> Any:
    if isinstance(kept, torch.Tensor):
        return kept.clone().to(device)
    if isinstance(kept, dict):
        return {key: value.clone() if key == "step" else _moved(value, device) for key, value in kept.items()}
    return [_moved(value, device) for value in kept] if isinstance(kept, list) else kept


def trained(tensors: list[Tensor], values: list[Any], gradients: Callable[[int], list[Any]], steps: int, horizon: int) -> list[Any]:
    params = []
    for tensor, x in zip(tensors, values):
        w = torch.tensor(x).reshape(tensor.shape)
        params.append(torch.nn.Parameter(w.permute(_backward(w.ndim)).contiguous()))
    optimizer = {{class}}(params, horizon)
    optimizer._tensors = dict(zip(params, with_depth(tensors)))
    for t in range(steps):
        for p, g, tensor in zip(params, gradients(t), tensors):
            p.grad = torch.tensor(g).reshape(tensor.shape).permute(_backward(p.ndim))
        optimizer.step()
    return [p.detach().permute(axes_of(p.shape)).reshape(-1).tolist() for p in params]


def _backward(rank: int) -> tuple[int, ...]:
    axes = axes_of(torch.Size([1] * rank))
    return tuple(sorted(range(rank), key=lambda i: axes[i]))
