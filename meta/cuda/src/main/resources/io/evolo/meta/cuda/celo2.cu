// The learned rule celo2; see io.evolo.optimizers.learned.Celo2.

// A tensor of rank 0 or 1 has only the first half of the columns.
__device__ inline void features(const float* memory, const Places& at, const Tensor& tensor, int n, float (&x)[COLUMNS]) {
    columns(element(memory, at, tensor, n, 1e-8f, 0), x);
#pragma unroll
    for (int i = COLUMNS / 2; i < COLUMNS; i++) {
        x[i] = tensor.factored ? x[i] : 0;
    }
}

// The second pass: features and network in registers.
extern "C" __global__ void celo2_directions(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Chunk* chunks) {
    __shared__ Weights weights;
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Chunk chunk = chunks[blockIdx.y];
    const Tensor tensor = tensors[chunk.tensor];
    load(weights, memory + at.theta, memory + at.scales + chunk.group * COLUMNS, memory, 0);
    for (int i = threadIdx.x; i < chunk.count; i += blockDim.x) {
        const int e = chunk.begin + i;
        float x[COLUMNS];
        float y[OUTPUTS];
        features(memory, at, tensor, e - tensor.offset, x);
        network(weights, x, y);
        memory[at.direction + e] = y[0];
    }
}

// Brings the directions of a matrix near the closest one with orthonormal rows or columns, in place: iterations of an odd quintic
// polynomial, as io.evolo.optimizers.NewtonSchulz has it. One block (y) for each group that is a matrix.
extern "C" __global__ void newton_schulz(
        float* lanes, long long stride, const Now* nows, Places at, const Group* groups, int times, float a, float b, float c,
        float epsilon) {
    const Group group = groups[blockIdx.y];
    if (idle(nows[blockIdx.x]) || !group.scratch) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int rows = group.rows;
    const int cols = group.cols;
    const bool tall = rows > cols;
    const int m = tall ? cols : rows;
    float* from = memory + group.scratch;
    float* to = from + group.size;
    float* gram = to + group.size;
    float* square = gram + m * m;
    float* direction = memory + at.direction + group.begin;
    double squares = 0;
    for (int i = threadIdx.x; i < group.size; i += blockDim.x) {
        squares += (double)direction[i] * direction[i];
    }
    const float scale = 1 / ((float)sqrt(block_sum(squares)) + epsilon);
    for (int i = threadIdx.x; i < group.size; i += blockDim.x) {
        from[i] = direction[i] * scale;
    }
    __syncthreads();
    for (int time = 0; time < times; time++) {
        const Matrix x = {from, cols, 1};
        const Matrix transposed = {from, 1, cols};
        product(tall ? transposed : x, tall ? x : transposed, m, m, tall ? rows : cols, threadIdx.x, blockDim.x,
                [=](int i, int j, float sum) { gram[i * m + j] = sum; });
        __syncthreads();
        const Matrix g = {gram, m, 1};
        product(g, g, m, m, m, threadIdx.x, blockDim.x,
                [=](int i, int j, float sum) { square[i * m + j] = b * gram[i * m + j] + c * sum; });
        __syncthreads();
        const Matrix polynomial = {square, m, 1};
        const float* old = from;
        float* next = to;
        product(tall ? x : polynomial, tall ? polynomial : x, rows, cols, m, threadIdx.x, blockDim.x,
                [=](int i, int j, float sum) { next[i * cols + j] = a * old[i * cols + j] + sum; });
        __syncthreads();
        to = from;
        from = next;
    }
    for (int i = threadIdx.x; i < group.size; i += blockDim.x) {
        direction[i] = from[i];
    }
}

// p ← keep·p − rate·scale·direction/√(1e-9 + mean square of the group's directions). One block (y) for each group.
extern "C" __global__ void celo2_move(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Group* groups, float decay) {
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Group group = groups[blockIdx.y];
    const float* direction = memory + at.direction;
    double squares = 0;
    for (int i = threadIdx.x; i < group.size; i += blockDim.x) {
        squares += (double)direction[group.begin + i] * direction[group.begin + i];
    }
    const float unit = inverse_root(1e-9f + (float)(block_sum(squares) / group.size));
    const float rate = now.rate * tensors[group.tensor].scale;
    const float keep = 1 - now.rate * decay;
    for (int e = group.begin + threadIdx.x; e < group.begin + group.size; e += blockDim.x) {
        memory[e] = keep * memory[e] - rate * (direction[e] * unit);
    }
}

// Adam's hyperparameters; see AdamUpdate.
struct Adam {
    double beta1;
    double beta2;
    float inside;
    float outside;
    float coupled;
    float limit;
    float multiplier; // of the rule's rate
    float decay;
};

// Tensors of rank 0 and 1 where Adam moves them. One block (y) for each.
extern "C" __global__ void adam_vectors(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const int* vectors, Adam adam) {
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Tensor tensor = tensors[vectors[blockIdx.y]];
    const double made = now.made + 1;
    const float rate = (float)((double)now.rate * adam.multiplier * tensor.scale / (1 - pow(adam.beta1, made)));
    const float correction = (float)(1 / (1 - pow(adam.beta2, made)));
    const float keep = 1 - now.rate * adam.multiplier * adam.decay;
    for (int e = tensor.offset + threadIdx.x; e < tensor.offset + tensor.size; e += blockDim.x) {
        const float g = clip(memory[at.gradient + e], adam.limit) + adam.coupled * memory[e];
        float* m = memory + at.momentum + e;
        float* v = memory + at.momentum + K * at.size + e;
        *m = (float)adam.beta1 * *m + (float)(1 - adam.beta1) * g;
        *v = (float)adam.beta2 * *v + (float)(1 - adam.beta2) * (g * g);
        memory[e] = keep * memory[e] - rate * (*m / (sqrtf(*v * correction + adam.inside) + adam.outside));
    }
}
