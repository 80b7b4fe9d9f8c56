// Forward and backward of a network, all lanes at once.

// Activations by the order of io.evolo.tasks.kernels.Activation.
enum { IDENTITY, RELU, TANH, SIGMOID, SILU, GELU, ELU, LEAKY_RELU, SOFTPLUS };

#define LEAK 0.01f
#define GELU_1 1.5957691f
#define GELU_3 (GELU_1 * 0.044715f)

__device__ inline float sigmoid(float x) {
    return 1 / (1 + expf(-x));
}

__device__ inline float activated(int activation, float x) {
    switch (activation) {
        case RELU: return x < 0 ? 0 : x;
        case TANH: return tanhf(x);
        case SIGMOID: return sigmoid(x);
        case SILU: return x * sigmoid(x);
        case GELU: return x * sigmoid(x * fmaf(GELU_3, x * x, GELU_1));
        case ELU: return x > 0 ? x : expm1f(x);
        case LEAKY_RELU: return x > 0 ? x : LEAK * x;
        case SOFTPLUS: return x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x));
        default: return x;
    }
}

// Activations that are no more than a comparison, so that a product may compute them on its way: its sixteen values would be sixteen
// copies of anything longer.
__device__ inline float rectified(int activation, float x) {
    return activation == IDENTITY || !(x < 0) ? x : activation == RELU ? 0 : LEAK * x;
}

// The derivative where the function has the value y, for those whose value tells it.
__device__ inline float slope_of_value(int activation, float y) {
    switch (activation) {
        case RELU: return y > 0 ? 1 : 0;
        case TANH: return fmaf(-y, y, 1);
        case SIGMOID: return fmaf(-y, y, y);
        case ELU: return y > 0 ? 1 : y + 1;
        case LEAKY_RELU: return y > 0 ? 1 : LEAK;
        default: return 1;
    }
}

// The derivative at x, where the function has the value y.
__device__ inline float slope(int activation, float x, float y) {
    switch (activation) {
        case SILU: {
            float s = sigmoid(x);
            return fmaf(-s, y, s + y);
        }
        case GELU: {
            float s = sigmoid(x * fmaf(GELU_3, x * x, GELU_1));
            return fmaf(fmaf(-s, y, y), fmaf(3 * GELU_3, x * x, GELU_1), s);
        }
        case SOFTPLUS: return sigmoid(x);
        default: return slope_of_value(activation, y);
    }
}

// Inputs and labels of a batch from the data sets, one block for each lane. Labels lie as integers at theirs.
extern "C" __global__ void gather(
        float* lanes, long long stride, const Now* nows, const Segment* segments, int most, const int* clock, int input,
        int label, int batch, int features) {
    const int tick = *clock;
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    const Segment* segment = segments + (long long)most * blockIdx.x;
    while (!(segment->begin <= tick && tick < segment->end)) {
        segment++;
    }
    float* memory = lanes + stride * blockIdx.x;
    int* chosen = (int*)(memory + label);
    for (int i = threadIdx.x; i < batch; i += blockDim.x) {
        chosen[i] = example(segment->stream, now.step, i, segment->examples);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < batch * features; i += blockDim.x) {
        const int row = i / features;
        memory[input + i] = segment->inputs[(long long)chosen[row] * features + i % features];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < batch; i += blockDim.x) {
        chosen[i] = segment->labels[chosen[i]];
    }
}

// out ← factors·values, elementwise.
extern "C" __global__ void scaled(float* lanes, long long stride, const Now* nows, int factors, int values, int out, int count) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < count; i += all_items()) {
        memory[out + i] = memory[factors + i] * memory[values + i];
    }
}

// y ← activation(factor·(x·w + b)), the activation a rectified one; x [rows, in], w [in, units].
extern "C" __global__ void affine(
        float* lanes, long long stride, const Now* nows, int x, int w, int b, int y, int rows, int in, int units, float factor,
        int activation) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Matrix left = {memory + x, in, 1};
    const Matrix right = {memory + w, units, 1};
    product(left, right, rows, units, in, first_item(), all_items(), [=](int i, int j, float sum) {
        memory[y + i * units + j] = rectified(activation, factor * (sum + memory[b + j]));
    });
}

// Gradients of w and b from that of y: dw ← factor·xᵀ·dy, db ← factor·Σ dy.
extern "C" __global__ void affine_weights(
        float* lanes, long long stride, const Now* nows, int x, int dy, int dw, int db, int rows, int in, int units, float factor) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Matrix left = {memory + x, 1, in};
    const Matrix right = {memory + dy, units, 1};
    product(left, right, in, units, rows, first_item(), all_items(), [=](int i, int j, float sum) {
        memory[dw + i * units + j] = factor * sum;
    });
    for (int j = first_item(); j < units; j += all_items()) {
        float sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += memory[dy + i * units + j];
        }
        memory[db + j] = factor * sum;
    }
}

// Gradient of x from that of y: dx ← [dx +] factor·(dy·wᵀ)·slope, the slope that of the activation whose value x is.
extern "C" __global__ void affine_input(
        float* lanes, long long stride, const Now* nows, int x, int w, int dy, int dx, int rows, int in, int units, float factor,
        int activation, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Matrix left = {memory + dy, units, 1};
    const Matrix right = {memory + w, 1, units};
    product(left, right, rows, in, units, first_item(), all_items(), [=](int i, int j, float sum) {
        const int at = i * in + j;
        const float gradient = factor * sum * slope_of_value(activation, memory[x + at]);
        memory[dx + at] = adds ? memory[dx + at] + gradient : gradient;
    });
}

// y ← activation(x).
extern "C" __global__ void activate(
        float* lanes, long long stride, const Now* nows, int x, int y, int count, int activation) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < count; i += all_items()) {
        memory[y + i] = activated(activation, memory[x + i]);
    }
}

// dx ← [dx +] dy·slope.
extern "C" __global__ void activate_input(
        float* lanes, long long stride, const Now* nows, int x, int y, int dy, int dx, int count, int activation, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < count; i += all_items()) {
        const float gradient = memory[dy + i] * slope(activation, memory[x + i], memory[y + i]);
        memory[dx + i] = adds ? memory[dx + i] + gradient : gradient;
    }
}

// Mean cross-entropy of the softmax of z [rows, classes], and its gradient dz: one block for each lane. The loss of this tick goes to
// losses; one beyond the bound, or NaN, freezes the lane before anything of it moves.
extern "C" __global__ void cross_entropy(
        float* lanes, long long stride, Now* nows, int z, int label, int dz, int rows, int classes, const int* clock,
        float bound, float* losses) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int* labels = (const int*)(memory + label);
    double sum = 0;
    for (int i = threadIdx.x; i < rows; i += blockDim.x) {
        const float* logits = memory + z + i * classes;
        float* gradient = memory + dz + i * classes;
        float most = logits[0];
        for (int c = 1; c < classes; c++) {
            most = logits[c] > most ? logits[c] : most;
        }
        float powers = 0;
        for (int c = 0; c < classes; c++) {
            gradient[c] = expf(logits[c] - most);
            powers += gradient[c];
        }
        sum += logf(powers) - (logits[labels[i]] - most);
        const float factor = 1.0f / rows / powers;
        for (int c = 0; c < classes; c++) {
            gradient[c] *= factor;
        }
        gradient[labels[i]] -= 1.0f / rows;
    }
    const float loss = (float)(block_sum(sum) / rows);
    if (threadIdx.x == 0) {
        losses[(long long)*clock * gridDim.x + blockIdx.x] = loss;
        nows[blockIdx.x].frozen = !(loss <= bound);
    }
}
