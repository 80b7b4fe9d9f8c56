"""Repeats trajectories of published code, with the theta that is beside them; arguments: generated modules and trajectories by turns."""

import importlib
import json
import math
import sys


def flat(values):
    if isinstance(values, dict):
        return flat(values["data"]) if "data" in values else [x for part in values.values() for x in flat(part)]
    return [x for part in values for x in flat(part)] if isinstance(values, list) else [values]


for name, path in zip(sys.argv[1::2], sys.argv[2::2]):
    module = importlib.import_module(name)
    with open(path) as file:
        run = json.load(file)
    theta = flat(run["theta"])
    assert len(theta) == len(module.THETA), (len(theta), len(module.THETA))
    module.THETA = theta
    module.golden_loss = lambda t: run["losses"][t]
    tensors = [module.Tensor(tuple(shape), "vector") for shape in run["shapes"]]
    initial = [flat(x) for x in run["initial_params"]]
    horizon = int(run["hyper"].get("num_steps", len(run["gradients"])))
    for steps, recorded in run["params_after"].items():
        made = module.trained(tensors, initial, lambda t: [flat(g) for g in run["gradients"][t]], int(steps), horizon)
        # Tolerances of the recordings; VeLO's first steps are hardly longer than what float32 resolves.
        tolerance = 5e-4 if run["rule"] != "velo" else 1e-2 if int(steps) <= 10 else 1e-3
        for tensor, ours, theirs, first in zip(tensors, made, map(flat, recorded), initial):
            apart = math.dist(ours, theirs) / math.dist(theirs, first)
            assert apart <= tolerance, f"{path}: {tensor.shape} after {steps} steps: {apart}, allowed {tolerance}"
print("replayed")
