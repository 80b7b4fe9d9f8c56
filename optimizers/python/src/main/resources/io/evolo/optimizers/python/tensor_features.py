def logarithm(x: Array) -> Array:
    bounded: Array = least(most(xp.log(1e-8 + abs(10 * x)), -5.0), 5.0)
    return 0.5 * bounded


def tensor_features(tensor: Tensor, w: Array, s: State) -> Array:
    """Twelve numbers; the spread of v is around the means of m, as it was published."""
    r2 = 1 / most(xp.mean(w * w), 1e-9)
    axes = sum(n > 1 for n in tensor.shape)
    ranks = array(w, [float(axes == rank) for rank in range(5)])
    spread = [logarithm(xp.mean((m - xp.mean(m)) ** 2) * r2) for m in s["m"]]
    around = [logarithm(xp.mean((s["v"] - xp.mean(m)) ** 2) * r2) for m in s["m"]]
    mean = logarithm(xp.mean(s["v"]) * xp.sqrt(r2))
    return xp.concatenate([xp.stack([mean]), ranks, xp.stack(spread + around)])


