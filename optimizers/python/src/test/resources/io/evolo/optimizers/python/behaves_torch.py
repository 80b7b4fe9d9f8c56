"""What users of PyTorch expect of an optimizer; the argument is the name of a generated module."""

import copy
import importlib
import io
import sys
import warnings

import torch

module = importlib.import_module(sys.argv[1])
Rule = next(x for x in vars(module).values() if isinstance(x, type) and issubclass(x, torch.optim.Optimizer))


def network(width=16):
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(8, width), torch.nn.ReLU(), torch.nn.Linear(width, width), torch.nn.LayerNorm(width), torch.nn.Linear(width, 4)
    )


def batch(t):
    g = torch.Generator().manual_seed(t)
    x = torch.randn(32, 8, generator=g)
    return x, (x[:, :4] > 0).float().argmax(1)


def train(model, optimizer, begin, end, dtype=torch.float32):
    losses = []
    for t in range(begin, end):
        x, y = batch(t)
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(x.to(dtype)).float(), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def refused(kind, words, call):
    try:
        call()
    except kind as e:
        assert words in str(e), e
    else:
        raise AssertionError(f"nothing was refused where {words!r} was expected")


model = network()
losses = train(model, Rule(model, total_steps=200), 0, 200)
assert sum(losses[-10:]) < 0.7 * sum(losses[:10]), (losses[:10], losses[-10:])

# Saved, loaded elsewhere and continued: the same bits.
straight, stopped = network(), network()
one, other = Rule(straight, total_steps=60), Rule(stopped, total_steps=60)
train(straight, one, 0, 60)
train(stopped, other, 0, 30)
file = io.BytesIO()
torch.save({"model": stopped.state_dict(), "optimizer": other.state_dict()}, file)
file.seek(0)
saved = torch.load(file)
resumed = network()
resumed.load_state_dict(saved["model"])
again = Rule(resumed, total_steps=60)
again.load_state_dict(saved["optimizer"])
train(resumed, again, 30, 60)
for a, b in zip(straight.parameters(), resumed.parameters()):
    assert torch.equal(a, b)
refused(ValueError, "load it into the same network", lambda: Rule(network(12), total_steps=60).load_state_dict(saved["optimizer"]))

# lr multiplies the step, whatever it was scheduled to.
full, half = network(), network()
a, b = Rule(full, total_steps=20), Rule(half, total_steps=20)
train(full, a, 0, 2)
train(half, b, 0, 2)
before = copy.deepcopy(full)
b.param_groups[0]["lr"] = 0.5
train(full, a, 2, 3)
train(half, b, 2, 3)
for p, q, w in zip(full.parameters(), half.parameters(), before.parameters()):
    assert torch.allclose(q - w, 0.5 * (p - w), rtol=1e-3, atol=1e-6)
scheduler = torch.optim.lr_scheduler.StepLR(a, 1, 0.1)
train(full, a, 3, 4)
scheduler.step()
assert abs(a.param_groups[0]["lr"] - 0.1) < 1e-9

# Parameters in bfloat16 have a state in float32, also after loading.
low = network().to(torch.bfloat16)
rule = Rule(low, total_steps=20)
train(low, rule, 0, 5, torch.bfloat16)
loaded = Rule(low, total_steps=20)
loaded.load_state_dict(rule.state_dict())
for state in (rule.state, loaded.state):
    assert all(s["v"].dtype == torch.float32 for s in state.values())

# A closure, parameter groups, named parameters, gradients that are missing, as they are and not finite.
model = network()
rule = Rule(model.named_parameters(), total_steps=20)
x, y = batch(0)


def closure():
    rule.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    return loss


assert rule.step(closure).item() > 0
groups = Rule([{"params": list(network().parameters())[:2], "lr": 0.5}, {"params": list(network().parameters())[2:]}], total_steps=20)
assert [group["lr"] for group in groups.param_groups] == [0.5, 1.0]
groups.step()
p = torch.nn.Parameter(torch.ones(3, 3))
rule = Rule([p], total_steps=3)
p.grad = torch.full((3, 3), float("nan"))
refused(FloatingPointError, "is not finite", rule.step)
p.grad = torch.ones(3, 3).to_sparse()
refused(RuntimeError, "is sparse", rule.step)
refused(ValueError, "total_steps is 0", lambda: Rule([p], total_steps=0))
refused(ValueError, "no parameter is named 'head'", lambda: Rule(network(), total_steps=9, roles={"head": "output"}))
refused(ValueError, "expected input, hidden, output or vector", lambda: Rule(network(), total_steps=9, roles={"0.weight": "inner"}))
p.grad = torch.ones(3, 3)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    for _ in range(5):
        rule.step()
    assert len(seen) == 1 and "planned" in str(seen[0].message)

# Roles.
kinds = module.roles(network())
assert (kinds["0.weight"], kinds["2.weight"], kinds["4.weight"], kinds["3.weight"]) == ("input", "hidden", "output", "vector"), kinds
assert "hidden" in module.explain(network())
print("behaves")
