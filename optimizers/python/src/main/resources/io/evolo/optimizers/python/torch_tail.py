

def axes_of(shape: torch.Size) -> tuple[int, ...]:
    """PyTorch's weights are (outputs, inputs, ...); the rule's are (..., inputs, outputs)."""
    return tuple(range(2, len(shape))) + (1, 0) if len(shape) > 1 else tuple(range(len(shape)))


def embeddings(model: torch.nn.Module) -> set[str]:
    """The names of the parameters that are tables of embeddings."""
    return {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, torch.nn.Embedding)}


def roles(model: torch.nn.Module) -> dict[str, str]:
    """The role of every parameter: embeddings and the first layer with a weight matrix take the input, the last one makes the output."""
    matrices = [
        f"{name}.weight" if name else "weight"
        for name, module in model.named_modules()
        if isinstance(getattr(module, "weight", None), torch.nn.Parameter) and module.weight.ndim > 1
    ]
    tables = embeddings(model)
    layers_only = [name for name in matrices if name not in tables]
    result = {}
    for name, p in model.named_parameters():
        if p.ndim < 2:
            result[name] = "vector"
        elif name in tables or (not tables and layers_only[:1] == [name] and len(layers_only) > 1):
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


BATCHED = 1 << 16  # elements; larger tensors gain nothing from being moved together


@dataclass
class _Moving:
    """A parameter at a step; w and g with the axes as the rule has them."""

    p: torch.Tensor
    tensor: Tensor
    w: torch.Tensor
    g: torch.Tensor
    kept: State
    t: int
    lr: float
    lead: State = field(default_factory=dict)


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
        self.embeddings = embeddings(params) if isinstance(params, torch.nn.Module) else set()
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
            described.append(scaled(shape, self.kinds.get(name, guess), self.base_width, False, name in self.embeddings))
        return dict(zip((p for p, _ in flat), with_depth(described)))

    @staticmethod
    def _named(group: dict[str, Any]) -> list[tuple[torch.Tensor, str]]:
        return list(zip(group["params"], group.get("param_names", [""] * len(group["params"]))))

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group(param_group)
        if hasattr(self, "_tensors"):
            self._tensors = self._described()

    @torch.no_grad()
    def step(self, closure: Any = None, *, loss: Any = None) -> Any:
        """loss: the batch's before the step, averaged over all processes; only rules that read it need it, or a closure that returns it"""
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        if NEEDS_LOSS and loss is None:
            raise TypeError("the rule reads the loss: call step(loss=loss), or step(closure)")
        moving = [
            self._moving(p, p.grad, name or "a parameter", group["lr"])
            for group in self.param_groups
            for p, name in self._named(group)
            if p.grad is not None
        ]
        for x, lead in zip(moving, self._leads(moving, loss)):
            x.lead = lead
        batches: dict[Any, list[_Moving]] = {}
        for i, x in enumerate(moving):
            small = x.w.numel() <= BATCHED
            batches.setdefault((x.tensor, x.t, x.w.dtype, x.w.device) if small else i, []).append(x)
        for batch in batches.values():
            self._move(batch)
        return loss

    def _leads(self, moving: list[_Moving], loss: Any) -> list[State]:
        if not moving or not NEEDS_LOSS:
            return [{} for _ in moving]
        states: Any = self.state
        shared: State = states["shared"]  # it goes where state_dict takes it along
        w = moving[0].w
        if not shared:
            shared.update(begin(w), step=torch.zeros(()))
        kept = {key: value for key, value in shared.items() if key != "step"}
        seen = torch.as_tensor(loss).detach().to(w)
        of_all = [x.tensor for x in moving], [x.w for x in moving], [x.kept for x in moving]
        leads, kept = conduct(*of_all, kept, seen, int(shared["step"]), self.total_steps)
        shared.update(kept, step=shared["step"] + 1)
        return leads

    def _moving(self, p: torch.Tensor, gradient: torch.Tensor, name: str, lr: float) -> _Moving:
        if gradient.is_sparse:
            raise RuntimeError(f"the gradient of {name} is sparse, expected a dense one; use sparse=False")
        if not p.is_floating_point():
            raise TypeError(f"{name} is {p.dtype}, expected real floating-point numbers; view complex ones as real")
        axes = axes_of(p.shape)
        dtype = torch.float64 if p.dtype == torch.float64 else torch.float32
        w, g = p.to(dtype).permute(axes), gradient.to(dtype).permute(axes)
        state = self.state[p]
        if not state:
            state.update(start(self._tensors[p], w), step=torch.zeros(()))
        t = int(state["step"])
        if not TAKES_NAN and not torch.isfinite(g).all():
            raise FloatingPointError(f"the gradient of {name} at step {t} is not finite; skip the step, or clip")
        if t >= self.total_steps and not self._warned:
            self._warned = True
            warnings.warn(f"step {t + 1} of {self.total_steps} planned: make a new optimizer with a larger total_steps", stacklevel=4)
        kept = {key: value for key, value in state.items() if key != "step"}
        return _Moving(p, self._tensors[p], w, g, kept, t, lr)

    def _move(self, batch: list[_Moving]) -> None:
        """Moves tensors that differ in their values alone: small ones at once."""
        first = batch[0]

        def alike(w: Array, g: Array, kept: State, lead: State) -> tuple[Array, State]:
            return step(first.tensor, w, g, kept, lead, first.t, self.total_steps)

        if len(batch) == 1:
            results = [alike(first.w, first.g, first.kept, first.lead)]
        else:
            stacked = [_stacked([getattr(x, part) for x in batch]) for part in ("w", "g", "kept", "lead")]
            moved, kept = torch.vmap(alike)(*stacked)
            results = [(moved[i], _taken(kept, i)) for i in range(len(batch))]
        for x, (to, kept) in zip(batch, results):
            state = self.state[x.p]
            state.update(kept, step=state["step"] + 1)
            axes = axes_of(x.p.shape)
            back = sorted(range(len(axes)), key=lambda i: axes[i])
            x.p.copy_((x.w + x.lr * (to - x.w)).permute(back))

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As of every optimizer; state stays float32 where parameters are not."""
        flat = [p for group in self.param_groups for p in group["params"]]
        for key, kept in state_dict["state"].items():
            if key == "shared" or key >= len(flat):
                continue
            shape = tuple(flat[key].shape[i] for i in axes_of(flat[key].shape))
            m = kept["m"][0] if isinstance(kept["m"], list) else kept["m"]
            if tuple(m.shape) != shape:
                raise ValueError(f"parameter {key} is {shape}, but its state {tuple(m.shape)}; load it into the same network")
        super().load_state_dict(state_dict)
        for key, kept in state_dict["state"].items():
            if key == "shared":
                states: Any = self.state
                states[key] = _moved(kept, flat[0].device)
                continue
            self.state[flat[key]].update(_moved(kept, flat[key].device))


def _stacked(values: list[Any]) -> Any:
    if isinstance(values[0], dict):
        return {key: _stacked([value[key] for value in values]) for key in values[0]}
    if isinstance(values[0], list):
        return [_stacked(list(parts)) for parts in zip(*values)]
    return torch.stack(values)


def _taken(values: Any, i: int) -> Any:
    if isinstance(values, dict):
        return {key: _taken(value, i) for key, value in values.items()}
    return [_taken(value, i) for value in values] if isinstance(values, list) else values[i]


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
        optimizer.step(loss=golden_loss(t))
    return [p.detach().permute(axes_of(p.shape)).reshape(-1).tolist() for p in params]


def _backward(rank: int) -> tuple[int, ...]:
    axes = axes_of(torch.Size([1] * rank))
    return tuple(sorted(range(rank), key=lambda i: axes[i]))
