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

// Brings the directions of a matrix near the closest one with orthonormal rows or columns: iterations of an odd quintic polynomial, as
// io.evolo.optimizers.NewtonSchulz has it, x ← a·x + (b·G + c·G²)·x with G = x·xᵀ, or with the factors exchanged where x is tall. Its
// products, by threads first, first + step and so on.
struct Quintic {
    float a;
    float b;
    float c;
    int rows;
    int cols;

    __device__ bool tall() const {
        return rows > cols;
    }

    __device__ int least() const {
        return tall() ? cols : rows;
    }

    __device__ void gram(const float* x, float* gram, int first, int step) const {
        const int m = least();
        const Matrix straight = {x, cols, 1};
        const Matrix transposed = {x, 1, cols};
        product(tall() ? transposed : straight, tall() ? straight : transposed, m, m, tall() ? rows : cols, first, step,
                [=](int i, int j, float sum) { gram[i * m + j] = sum; });
    }

    __device__ void polynomial(const float* gram, float* polynomial, int first, int step) const {
        const int m = least();
        const float b = this->b;
        const float c = this->c;
        const Matrix g = {gram, m, 1};
        product(g, g, m, m, m, first, step, [=](int i, int j, float sum) { polynomial[i * m + j] = b * gram[i * m + j] + c * sum; });
    }

    __device__ void next(const float* x, const float* polynomial, float* next, int first, int step) const {
        const int n = cols;
        const float a = this->a;
        const Matrix straight = {x, cols, 1};
        const Matrix p = {polynomial, least(), 1};
        product(tall() ? straight : p, tall() ? p : straight, rows, cols, least(), first, step,
                [=](int i, int j, float sum) { next[i * n + j] = a * x[i * n + j] + sum; });
    }
};

// All of it, one block (y) for each group that is a small matrix.
extern "C" __global__ void newton_schulz(
        float* lanes, long long stride, const Now* nows, Places at, const Group* groups, int times, float a, float b, float c,
        float epsilon) {
    const Group group = groups[blockIdx.y];
    if (idle(nows[blockIdx.x]) || !group.scratch) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Quintic quintic = {a, b, c, group.rows, group.cols};
    const int m = quintic.least();
    float* from = memory + group.scratch;
    float* to = from + group.size;
    float* gram = to + group.size;
    float* polynomial = gram + m * m;
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
        quintic.gram(from, gram, threadIdx.x, blockDim.x);
        __syncthreads();
        quintic.polynomial(gram, polynomial, threadIdx.x, blockDim.x);
        __syncthreads();
        quintic.next(from, polynomial, to, threadIdx.x, blockDim.x);
        __syncthreads();
        float* old = from;
        from = to;
        to = old;
    }
    for (int i = threadIdx.x; i < group.size; i += blockDim.x) {
        direction[i] = from[i];
    }
}

// The same of a large matrix, whose products many blocks share: each is a launch of its own. Arguments are offsets in a lane's memory.
extern "C" __global__ void large_begin(
        float* lanes, long long stride, const Now* nows, int direction, int x, int size, int norms, int parts, float epsilon) {
    float* memory = lanes + stride * blockIdx.x;
    if (idle(nows[blockIdx.x])) {
        return;
    }
    const float scale = 1 / ((float)norm_of(memory + norms, parts) + epsilon);
    for (int i = first_item(); i < size; i += all_items()) {
        memory[x + i] = memory[direction + i] * scale;
    }
}

extern "C" __global__ void large_gram(float* lanes, long long stride, const Now* nows, int x, int gram, Quintic quintic) {
    float* memory = lanes + stride * blockIdx.x;
    if (!idle(nows[blockIdx.x])) {
        quintic.gram(memory + x, memory + gram, first_item(), all_items());
    }
}

extern "C" __global__ void large_polynomial(
        float* lanes, long long stride, const Now* nows, int gram, int polynomial, Quintic quintic) {
    float* memory = lanes + stride * blockIdx.x;
    if (!idle(nows[blockIdx.x])) {
        quintic.polynomial(memory + gram, memory + polynomial, first_item(), all_items());
    }
}

extern "C" __global__ void large_next(
        float* lanes, long long stride, const Now* nows, int x, int polynomial, int next, Quintic quintic) {
    float* memory = lanes + stride * blockIdx.x;
    if (!idle(nows[blockIdx.x])) {
        quintic.next(memory + x, memory + polynomial, memory + next, first_item(), all_items());
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
