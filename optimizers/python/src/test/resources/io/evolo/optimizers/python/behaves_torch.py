"""What users of PyTorch expect of an optimizer; the argument is the name of a generated module."""

import copy
import importlib
import io
import os
import subprocess
import sys
import tempfile
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


def rest(path):
    """What another process makes of a training that was saved in the middle."""
    saved = torch.load(path)
    model = network()
    model.load_state_dict(saved["model"])
    rule = Rule(model, total_steps=200)
    rule.load_state_dict(saved["optimizer"])
    train(model, rule, 100, 200)
    torch.save(model.state_dict(), path)


def half(path, rank):
    """One of two processes that share every batch."""
    torch.distributed.init_process_group("gloo", init_method=f"file://{path}/meet", rank=rank, world_size=2)
    model = torch.nn.parallel.DistributedDataParallel(network())
    rule = Rule(model.module, total_steps=10)
    for t in range(10):
        x, y = (part[rank::2] for part in batch(t))
        rule.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        rule.step()
    torch.save(model.module.state_dict(), f"{path}/{rank}")
    torch.distributed.destroy_process_group()


def elsewhere(*arguments):
    return subprocess.Popen([sys.executable, __file__, sys.argv[1], *arguments])


if len(sys.argv) > 2:
    rest(sys.argv[3]) if sys.argv[2] == "rest" else half(sys.argv[3], int(sys.argv[4]))
    sys.exit()

with tempfile.TemporaryDirectory() as folder:
    # Saved at step 100, continued in a new process.
    stopped = network()
    rule = Rule(stopped, total_steps=200)
    train(stopped, rule, 0, 100)
    path = os.path.join(folder, "saved")
    torch.save({"model": stopped.state_dict(), "optimizer": rule.state_dict()}, path)
    processes = [elsewhere("rest", path), elsewhere("half", folder, "0"), elsewhere("half", folder, "1")]
    train(stopped, rule, 100, 200)
    assert [process.wait() for process in processes] == [0, 0, 0]
    for name, p in torch.load(path).items():
        assert torch.equal(p, stopped.state_dict()[name]), name
    # Two processes with half of every batch are one with all of it.
    whole = network()
    train(whole, Rule(whole, total_steps=10), 0, 10)
    one, other = torch.load(os.path.join(folder, "0")), torch.load(os.path.join(folder, "1"))
    for name, p in whole.state_dict().items():
        assert torch.equal(one[name], other[name]), name
        assert torch.allclose(p, one[name], rtol=1e-2, atol=1e-3), name

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
    assert all(s["v"].dtype == torch.float32 for s in state.values() if "v" in s)

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

# Small tensors of one shape are moved at once, and as if they were alone.
together, alone = network(), network()
a, b = Rule(together, total_steps=20), Rule(alone, total_steps=20)
train(together, a, 0, 10)
module.BATCHED, most = 0, module.BATCHED
train(alone, b, 0, 10)
module.BATCHED = most
for p, q in zip(together.parameters(), alone.parameters()):
    assert torch.allclose(p, q, rtol=1e-2, atol=1e-4)

# Half a batch after the other, clipped, behind a GradScaler: as a batch.
whole, parts = network(), network()
a, b = Rule(whole, total_steps=20), Rule(parts, total_steps=20)
scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
for t in range(5):
    x, y = batch(t)
    a.zero_grad()
    torch.nn.functional.cross_entropy(whole(x), y).backward()
    torch.nn.utils.clip_grad_norm_(whole.parameters(), 0.5)
    a.step()
    b.zero_grad(set_to_none=True)
    for i in range(2):
        scaler.scale(torch.nn.functional.cross_entropy(parts(x[i::2]), y[i::2]) / 2).backward()
    scaler.unscale_(b)
    torch.nn.utils.clip_grad_norm_(parts.parameters(), 0.5)
    scaler.step(b)
    scaler.update()
for p, q in zip(whole.parameters(), parts.parameters()):
    assert torch.allclose(p, q, rtol=1e-2, atol=1e-3)
before = copy.deepcopy(parts)
parts[0].weight.grad.fill_(float("inf"))
scaler.scale(torch.zeros(()))
scaler.step(b)  # a step that overflowed is left out
assert all(torch.equal(p, q) for p, q in zip(before.parameters(), parts.parameters()))
weights = torch.nn.Parameter(torch.ones(3, 3, dtype=torch.complex64))
rule = Rule([weights], total_steps=3)
weights.grad = torch.ones_like(weights)
refused(TypeError, "expected real floating-point numbers", rule.step)

# Roles.
kinds = module.roles(network())
assert (kinds["0.weight"], kinds["2.weight"], kinds["4.weight"], kinds["3.weight"]) == ("input", "hidden", "output", "vector"), kinds
assert "hidden" in module.explain(network())
print("behaves")
