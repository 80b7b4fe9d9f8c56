"""What users of JAX expect of an optimizer; the argument is the name of a generated module."""

import importlib
import sys

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
