THETA = unpack(
{{theta}}
)
LAYERS: list[tuple[int, ...]] = [
{{networks}}]


