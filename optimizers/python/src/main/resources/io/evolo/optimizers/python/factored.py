def longest(shape: tuple[int, ...]) -> tuple[int, int]:
    """The longest axis and the second longest; of equal ones {{ties}} is the longer."""
    order = sorted(range(len(shape)), key=lambda i: shape[i])
{{exchange}}    return order[-1], order[-2]


def empty(tensor: Tensor, w: Array) -> State:
    rows = columns = w
    if len(tensor.shape) > 1:
        d0, d1 = longest(tensor.shape)
        rows, columns = xp.mean(w, d0), xp.mean(w, d1)
    return {
        "m": [xp.zeros_like(w) for _ in range(3)],
        "v": xp.zeros_like(w),
        "rows": [xp.zeros_like(rows) for _ in range(3)],
        "columns": [xp.zeros_like(columns) for _ in range(3)],
    }


def root(x: Array) -> Array:
    return 1 / xp.sqrt(most(x, 1e-9))


def averaged(tensor: Tensor, g: Array, s: State) -> tuple[State, list[tuple[Array, Array]], list[Array]]:
    """The averages after this gradient, the factored ones at every element, and what Adafactor would multiply by (not of vectors)."""
    m = [b * old + (1 - b) * g for b, old in zip(MOMENTUM_DECAYS, s["m"])]
    v = RMS_DECAY * s["v"] + (1 - RMS_DECAY) * g * g
    square = g * g + 1e-30
    rows, columns, expanded, factors = [], [], [], []
    for b, old_rows, old_columns in zip(FACTORED_DECAYS, s["rows"], s["columns"]):
        if len(tensor.shape) > 1:
            d0, d1 = longest(tensor.shape)
            r = b * old_rows + (1 - b) * xp.mean(square, d0)
            c = b * old_columns + (1 - b) * xp.mean(square, d1)
            group = d1 - 1 if d1 > d0 else d1
            by_row = root(r / (expand(xp.mean(r, group), group) + 1e-9))
            factors.append(expand(by_row, d0) * expand(root(c), d1))
            expanded.append((expand(r, d0) + 0 * g, expand(c, d1) + 0 * g))
        else:
            r = c = b * old_rows + (1 - b) * square
            expanded.append((r, c))
        rows.append(r)
        columns.append(c)
    return {"m": m, "v": v, "rows": rows, "columns": columns}, expanded, factors


