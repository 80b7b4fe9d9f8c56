// The second pass of small_fc: features, network and update in registers.
extern "C" __global__ void small_fc(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Chunk* chunks, Multipliers by) {
    __shared__ Weights weights;
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
    for (int i = threadIdx.x; i < chunk.count; i += blockDim.x) {
        const int e = chunk.begin + i;
        float x[COLUMNS];
        float y[OUTPUTS];
        features(memory, at, tensor, e - tensor.offset, x);
        network(weights, x, y);
        memory[e] = moved(memory[e], y[0], y[1]);
    }
}
