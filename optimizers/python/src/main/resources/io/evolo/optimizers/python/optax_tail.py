

class {{class}}State(NamedTuple):
    count: Array
    tensors: list[State]
    shared: State


def roles(params: Any) -> dict[str, str]:
    """The role of every leaf, by its path: embeddings and the first matrix take the input, the last one makes the output."""
    leaves = [(jax.tree_util.keystr(path), x) for path, x in jax.tree_util.tree_flatten_with_path(params)[0]]
    matrices = [name for name, x in leaves if x.ndim > 1 and "embed" not in name.lower()]
    embeddings = [name for name, x in leaves if x.ndim > 1 and "embed" in name.lower()]
    result = {}
    for name, x in leaves:
        if x.ndim < 2:
            result[name] = "vector"
        elif name in embeddings or (not embeddings and matrices[:1] == [name] and len(matrices) > 1):
            result[name] = "input"
        else:
            result[name] = "output" if matrices[-1:] == [name] else "hidden"
    return result


def {{function}}(
    total_steps: int,
    lr: Any = 1.0,
    base_width: int | None = {{base_width}},
    roles_by_path: dict[str, str] | None = None,
    tensors: list[Tensor] | None = None,
) -> optax.GradientTransformationExtraArgs:
    """{{summary}}

    total_steps: how many steps the training will have
    lr: multiplies every step, so that it can be scheduled or injected; 1 is what was learned
    base_width: width at which the rule was learned, by which updates are scaled; None: not at all
    roles_by_path: for leaves that are told otherwise than `roles(params)` has it, by `jax.tree_util.keystr` of their path
    tensors: of every leaf, in place of all that
    """
    if total_steps < 1:
        raise ValueError(f"total_steps is {total_steps}, expected at least 1")

    def described(params: Any) -> list[Tensor]:
        if tensors is not None:
            return with_depth(tensors)
        kinds = roles(params)
        for name, role in (roles_by_path or {}).items():
            if name not in kinds:
                raise ValueError(f"roles_by_path: no leaf has the path {name!r}, expected one of {', '.join(kinds)}")
            kinds[name] = role
        leaves = jax.tree_util.tree_leaves(params)
        return with_depth(
            [scaled(tuple(x.shape), role, base_width, False, "embed" in name.lower()) for x, (name, role) in zip(leaves, kinds.items())]
        )

    def init(params: Any) -> {{class}}State:
        leaves = [jnp.asarray(x, jnp.float32) for x in jax.tree_util.tree_leaves(params)]
        states = [start(tensor, w) for tensor, w in zip(described(params), leaves)]
        return {{class}}State(jnp.zeros((), jnp.int32), states, begin(jnp.zeros(())))

    def update(
        updates: Any,
        state: {{class}}State,
        params: Any = None,
        *,
        value: Any = None,
        **extra: Any,
    ) -> tuple[Any, {{class}}State]:
        if params is None:
            raise ValueError("the rule reads the parameters: call update(gradients, state, params)")
        if NEEDS_LOSS and value is None:
            raise TypeError("the rule reads the loss: call update(gradients, state, params, value=loss)")
        kinds, t = described(params), state.count
        gradients, tree = jax.tree_util.tree_flatten(updates)
        leaves = jax.tree_util.tree_leaves(params)
        exact = [jnp.asarray(w, jnp.float32) for w in leaves]
        loss = jnp.asarray(0.0 if value is None else value, jnp.float32)
        leads, shared = conduct(kinds, exact, state.tensors, state.shared, loss, t, total_steps)
        moved, states = [], []
        for tensor, w, g, kept, lead, leaf in zip(kinds, exact, gradients, state.tensors, leads, leaves, strict=True):
            to, kept = step(tensor, w, jnp.asarray(g, jnp.float32), kept, lead, t, total_steps)
            moved.append((lr * (to - w)).astype(leaf.dtype))
            states.append(kept)
        return jax.tree_util.tree_unflatten(tree, moved), {{class}}State(t + 1, states, shared)

    return optax.GradientTransformationExtraArgs(init, update)


def trained(tensors: list[Tensor], values: list[Any], gradients: Callable[[int], list[Any]], steps: int, horizon: int) -> list[Any]:
    params = [jnp.asarray(x, jnp.float32).reshape(tensor.shape) for tensor, x in zip(tensors, values)]
    optimizer = {{function}}(horizon, tensors=tensors)
    state = optimizer.init(params)
    update = jax.jit(optimizer.update)
    for t in range(steps):
        g = [jnp.asarray(g, jnp.float32).reshape(x.shape) for g, x in zip(gradients(t), tensors)]
        changes, state = update(g, state, params, value=golden_loss(t))
        params = optax.apply_updates(params, changes)
    return [w.reshape(-1).tolist() for w in params]
