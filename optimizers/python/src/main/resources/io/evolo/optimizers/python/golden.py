

# Recorded steps of the JVM platform that this rule comes from: shape, role, scale and gradient of every tensor, whether it has embeddings.
GOLDEN_TENSORS = [
{{golden_tensors}}
]
GOLDEN_HORIZON = {{golden_horizon}}
GOLDEN = {
{{golden}}
}


def noise(i: int, t: int) -> float:
    """Between -1 and 1, without a pattern."""
    x = math.sin(12.9898 * i + 78.233 * t + 0.5) * 437.5453
    return 2 * (x - math.floor(x)) - 1


def golden_loss(t: int) -> float:
    """A loss that falls, and is noisy."""
    return 2 / (1 + 0.05 * t) + 0.1 * noise(1000, t)


def self_test() -> None:
    """Repeats the recorded steps.

    Raises AssertionError where they come to other values: after two steps by more than {{first_tolerance}} of the distance moved, after
    all of them by more than {{tolerance}}, and by more than rounding."""
    tensors = [Tensor(*x) for x in GOLDEN_TENSORS]
    offsets = [sum(math.prod(x.shape) for x in tensors[:i]) for i in range(len(tensors) + 1)]

    def cut(values: list[float]) -> list[list[float]]:
        return [values[offsets[i] : offsets[i + 1]] for i in range(len(tensors))]

    begin = [0.1 * noise(i, -1) for i in range(offsets[-1])]
    for steps, text in GOLDEN.items():
        made = trained(tensors, cut(begin), lambda t: cut([0.01 * noise(i, t) for i in range(offsets[-1])]), steps, GOLDEN_HORIZON)
        for tensor, ours, recorded, first in zip(tensors, made, cut(unpack(text)), cut(begin)):
            apart = math.dist(ours, recorded)
            tolerance = {{first_tolerance}} if steps <= 2 else {{tolerance}}
            allowed = tolerance * math.dist(recorded, first) + 2e-8 * steps * math.sqrt(len(first))
            assert apart <= allowed, f"{tensor.shape} after {steps} steps: {apart} from the recorded values, allowed {allowed}"


if __name__ == "__main__":
    self_test()
    print(f"{NAME}: self-test passed")
