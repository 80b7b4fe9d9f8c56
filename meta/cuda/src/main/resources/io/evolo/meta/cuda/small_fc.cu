// The learned rule small_fc; see io.evolo.optimizers.learned.SmallFc, whose order of features this is.

#define TIMES 11

__device__ inline void features(const float* memory, const Places& at, const Tensor& tensor, int n, float (&x)[COLUMNS]) {
    const int e = tensor.offset + n;
    const int r = row(tensor, n);
    const int c = tensor.factored ? col(tensor, n) : r;
    const float g = memory[at.gradient + e];
    const float v = memory[at.momentum + K * at.size + e];
    const float q = inverse_root(v + 1e-6f);
    x[0] = g;
    x[1] = memory[e];
    x[5] = v;
    x[9] = q;
#pragma unroll
    for (int k = 0; k < K; k++) {
        const float m = memory[at.momentum + k * at.size + e];
        const float* accumulators = memory + at.accumulators + k * at.count;
        const float* factors = memory + at.factors + k * at.count;
        const float of_row = accumulators[tensor.row_offset + r];
        const float of_col = accumulators[tensor.col_offset + c];
        x[2 + k] = m;
        x[6 + k] = m * q;
        x[13 + k] = of_row;
        x[16 + k] = of_col;
        x[19 + k] = inverse_root(of_row + 1e-8f);
        x[22 + k] = inverse_root(of_col + 1e-8f);
        if (tensor.factored) {
            const float factor = factors[tensor.row_offset + r] * factors[tensor.col_offset + c];
            x[10 + k] = g * factor;
            x[25 + k] = m * factor;
        } else {
            x[10 + k] = g * safe_inverse_root(of_row + 1e-9f);
            x[25 + k] = m * inverse_root(of_row + 1e-6f);
        }
    }
}

// The second pass: features, network and update in registers. p ← (before·p − rate·scale·step·dir·exp(mag·exponent))·after.
extern "C" __global__ void small_fc(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Chunk* chunks, float exponent,
        float step, float decay, int decay_with_step) {
    __shared__ Weights weights;
    __shared__ float times[TIMES];
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Chunk chunk = chunks[blockIdx.y];
    const Tensor tensor = tensors[chunk.tensor];
    const float scales[TIMES] = {1, 3, 10, 30, 100, 300, 1000, 3000, 1e4f, 3e4f, 1e5f};
    for (int i = threadIdx.x; i < TIMES; i += blockDim.x) {
        times[i] = (float)tanh(now.made / (double)scales[i] - 1);
    }
    __syncthreads();
    load(weights, memory + at.theta, memory + at.scales + chunk.group * COLUMNS, times, TIMES);
    const float keep = 1 - now.rate * decay;
    const float before = decay_with_step ? keep : 1;
    const float after = decay_with_step ? 1 : keep;
    const float size = now.rate * tensor.scale * step;
    for (int i = threadIdx.x; i < chunk.count; i += blockDim.x) {
        const int e = chunk.begin + i;
        float x[COLUMNS];
        float y[OUTPUTS];
        features(memory, at, tensor, e - tensor.offset, x);
        network(weights, x, y);
        memory[e] = (before * memory[e] - size * (y[0] * expf(y[1] * exponent))) * after;
    }
}
