"""What users of JAX expect of an optimizer; the argument is the name of a generated module."""

import importlib
import os
import sys

os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=2"
import jax
import jax.numpy as jnp
import optax

module = importlib.import_module(sys.argv[1])
make = getattr(module, module.NAME.replace("-", "_"))


def begin(key):
    a, b, c = jax.random.split(key, 3)
    return {
        "Dense_0": {"kernel": jax.random.normal(a, (8, 16)) / 3, "bias": jnp.zeros(16)},
        "Dense_1": {"kernel": jax.random.normal(b, (16, 16)) / 4, "bias": jnp.zeros(16)},
        "Dense_2": {"kernel": jax.random.normal(c, (16, 4)) / 4, "bias": jnp.zeros(4)},
    }


def loss(params, key):
    x = jax.random.normal(key, (32, 8))
    y = jnp.argmax((x[:, :4] > 0).astype(jnp.float32), 1)
    h = x
    for i in range(3):
        layer = params[f"Dense_{i}"]
        h = h @ layer["kernel"] + layer["bias"]
        h = jax.nn.relu(h) if i < 2 else h
    return optax.softmax_cross_entropy_with_integer_labels(h, y).mean()


def train(optimizer, params, steps):
    def body(carry, key):
        params, state = carry
        value, gradient = jax.value_and_grad(loss)(params, key)
        updates, state = optimizer.update(gradient, state, params)
        return (optax.apply_updates(params, updates), state), value

    keys = jax.random.split(jax.random.key(1), steps)
    (params, _), values = jax.lax.scan(body, (params, optimizer.init(params)), keys)
    return params, values


params = begin(jax.random.key(0))
_, values = jax.jit(lambda p: train(make(100), p, 100))(params)
assert values[-10:].mean() < 0.8 * values[:10].mean(), values

# Composed with others, and over several networks at once.
chained = optax.chain(optax.clip_by_global_norm(1.0), make(20), optax.scale(0.5))
_, values = train(chained, params, 20)
assert jnp.isfinite(values).all()
labels = jax.tree_util.tree_map(lambda x: "rule" if x.ndim > 1 else "adam", params)
mixed = optax.multi_transform({"rule": make(20), "adam": optax.adam(1e-2)}, labels)
_, values = train(mixed, params, 20)
assert jnp.isfinite(values).all()
many = jax.vmap(lambda key: train(make(10), begin(key), 10)[1])(jax.random.split(jax.random.key(3), 2))
assert many.shape == (2, 10) and jnp.isfinite(many).all()

# A rate that is injected multiplies the step.
injected = optax.inject_hyperparams(make, static_args=("total_steps", "base_width"))(total_steps=20, lr=0.5)
key = jax.random.key(4)
gradient = jax.grad(loss)(params, key)


def second(optimizer):
    state = optimizer.init(params)
    for _ in range(2):
        updates, state = jax.jit(optimizer.update)(gradient, state, params)
    return updates, state


full, _ = second(make(20))
half, state = second(injected)
assert state.hyperparams["lr"] == 0.5
for a, b in zip(jax.tree_util.tree_leaves(full), jax.tree_util.tree_leaves(half)):
    assert jnp.allclose(0.5 * a, b, rtol=1e-4, atol=1e-7)

# State and updates lie where the parameters do, and come to the same; matrices are left out, whose eigenbases have null spaces here.
mesh = jax.sharding.Mesh(jax.devices(), ("x",))
placed = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("x"))
split, parts = jax.device_put((params, gradient), placed)
optimizer = make(20)
state = optimizer.init(split)
for _ in range(2):
    updates, state = jax.jit(optimizer.update)(parts, state, split)
for w, kept, a, b in zip(*map(jax.tree_util.tree_leaves, (split, [s["m"] for s in state.tensors], full, updates))):
    assert kept.sharding.is_equivalent_to(w.sharding, w.ndim), (kept.sharding, w.sharding)
    assert w.ndim > 1 or jnp.allclose(a, jax.device_get(b), rtol=1e-2, atol=1e-5)

kinds = module.roles(params)
assert list(kinds.values()) == ["vector", "input", "vector", "hidden", "vector", "output"], kinds
for words, call in (
    ("total_steps is 0", lambda: make(0)),
    ("call update(gradients, state, params)", lambda: make(5).update(params, make(5).init(params))),
    ("no leaf has the path 'head'", lambda: make(5, roles_by_path={"head": "output"}).init(params)),
):
    try:
        call()
    except ValueError as e:
        assert words in str(e), e
    else:
        raise AssertionError(words)
print("behaves")
