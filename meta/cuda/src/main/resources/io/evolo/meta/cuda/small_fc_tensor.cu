// The second pass of small_fc with its network on tensor cores: a warp has 32 neighbours at a time. Blocks are whole warps.
extern "C" __global__ void small_fc_tensor(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Chunk* chunks, Multipliers by) {
    __shared__ TensorWeights weights;
    __shared__ Elements elements[WARPS];
    __shared__ float times[TIMES];
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Chunk chunk = chunks[blockIdx.y];
    const Tensor tensor = tensors[chunk.tensor];
    const Move moved(now, tensor, by);
    time_features(now, times);
    load(weights, memory + at.theta, memory + at.scales + chunk.group * COLUMNS, times, TIMES);
    float(*rows)[ROW] = elements[warp()].at;
    for (int first = warp() * WARP; first < chunk.count; first += warps() * WARP) {
        for (int slot = 0; slot < LANES; slot++) {
            const int i = min(first + lane(slot), chunk.count - 1); // beyond the last: computed again, not written
            float x[COLUMNS];
            features(memory, at, tensor, chunk.begin + i - tensor.offset, x);
#pragma unroll
            for (int c = 0; c < 16 * INPUT_STEPS; c++) {
                rows[lane(slot)][c] = c < COLUMNS ? x[c] : 0;
            }
        }
        __syncwarp();
#pragma unroll 1
        for (int half = 0; half < WARP; half += 16) {
            network(weights, rows + half);
        }
        __syncwarp();
        for (int slot = 0; slot < LANES; slot++) {
            const int e = chunk.begin + first + lane(slot);
            if (first + lane(slot) < chunk.count) {
                memory[e] = moved(memory[e], rows[lane(slot)][Y], rows[lane(slot)][Y + 1]);
            }
        }
    }
}
