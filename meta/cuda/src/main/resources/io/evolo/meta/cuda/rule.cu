// What the learned rules share: three momenta, a second moment, three factored second moments (see FactoredTensor), and the first of
// the two passes over the elements. A rule's own source, which follows, has the features and what is made of them.
//
// It is compiled for one rule: COLUMNS features that are normalised, HIDDEN units, LIMIT of the gradient's elements.

#define K 3

struct Tensor {
    int offset;
    int size;
    int factored;
    int size0;
    int stride0;
    int size1;
    int stride1;
    int row_stride1;
    int rows;
    int cols;
    int row_offset;
    int col_offset;
    float scale; // muP's factor on its steps
    int vectors; // whether it is of rank 0 or 1
};

// The elements whose squares one accumulator averages.
struct Side {
    int accumulator;
    int first;
    int stride;
    int count;
};

// The elements of one block.
struct Chunk {
    int tensor;
    int begin; // among all parameters
    int count;
    int group;
};

// Elements that are normalised together: a tensor, or the last two axes of one.
struct Group {
    int tensor;
    int begin;
    int size;
    int chunk; // the first one's position
    int chunks;
    int rows;    // as a matrix
    int cols;
    int scratch; // memory for making it orthogonal
};

// Offsets in a lane's memory; parameters lie at 0.
struct Places {
    int size;         // number of parameters
    int gradient;
    int momentum;     // three, one behind the other; then the second moment
    int accumulators; // of the first factored second moment; the others follow
    int count;        // how many it has
    int factors;      // as many numbers as accumulators
    int partials;     // COLUMNS for each chunk
    int scales;       // COLUMNS for each group
    int theta;
    int decays;
    int direction; // where a rule keeps what it will move along
};

__device__ inline int row(const Tensor& tensor, int n) {
    return n / (tensor.stride0 * tensor.size0) * tensor.stride0 + n % tensor.stride0;
}

__device__ inline int col(const Tensor& tensor, int n) {
    return n / (tensor.stride1 * tensor.size1) * tensor.stride1 + n % tensor.stride1;
}

// Every factored second moment takes in the mean of g² + 1e-30 over its row or column.
extern "C" __global__ void second_moments(
        float* lanes, long long stride, const Now* nows, Places at, const Side* sides, int count) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < count; i += all_items()) {
        const Side side = sides[i];
        float sum = 0;
        for (int j = 0; j < side.count; j++) {
            const float g = clip(memory[at.gradient + side.first + j * side.stride], LIMIT);
            sum += g * g + 1e-30f;
        }
        for (int k = 0; k < K; k++) {
            const float beta = memory[at.decays + 4 + k];
            float* a = memory + at.accumulators + k * at.count + side.accumulator;
            *a = beta * *a + (1 - beta) * (sum / side.count);
        }
    }
}

// The factors that make a value an Adafactor-scaled one: of a row 1/√(row/(mean of the rows that differ only on axis d1 + 1e-9)), of a
// column 1/√col. One block (y) for each tensor.
extern "C" __global__ void second_moment_factors(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors) {
    const Tensor tensor = tensors[blockIdx.y];
    if (idle(nows[blockIdx.x]) || !tensor.factored) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int k = 0; k < K; k++) {
        const float* a = memory + at.accumulators + k * at.count;
        float* factors = memory + at.factors + k * at.count;
        const int rows_of_group = tensor.row_stride1 * tensor.size1;
        for (int group = 0; group < tensor.rows / tensor.size1; group++) {
            const int first = tensor.row_offset + group / tensor.row_stride1 * rows_of_group + group % tensor.row_stride1;
            double part = 0;
            for (int i = threadIdx.x; i < tensor.size1; i += blockDim.x) {
                part += a[first + i * tensor.row_stride1];
            }
            const float mean = (float)(block_sum(part) / tensor.size1);
            for (int i = threadIdx.x; i < tensor.size1; i += blockDim.x) {
                const int r = first + i * tensor.row_stride1;
                factors[r] = safe_inverse_root(a[r] / (mean + 1e-9f));
            }
        }
        for (int c = threadIdx.x; c < tensor.cols; c += blockDim.x) {
            factors[tensor.col_offset + c] = safe_inverse_root(a[tensor.col_offset + c]);
        }
    }
}

// The norms of parts of some floats: every block (y) has one.
extern "C" __global__ void norms(float* lanes, long long stride, const Now* nows, int from, int size, int to) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    double squares = 0;
    for (int i = first_item(); i < size; i += all_items()) {
        squares += (double)memory[from + i] * memory[from + i];
    }
    const double sum = block_sum(squares);
    if (threadIdx.x == 0) {
        memory[to + blockIdx.y] = (float)sqrt(sum);
    }
}

// The norm of all, from those of its parts.
__device__ inline double norm_of(const float* norms, int parts) {
    double squares = 0;
    for (int i = 0; i < parts; i++) {
        squares += (double)norms[i] * norms[i];
    }
    return sqrt(squares);
}

// What the features of an element are made of.
struct Element {
    float g;
    float p;
    float v;
    float q; // 1/√(v + ε)
    float m[K];
    float of_row[K]; // factored second moments
    float of_col[K];
    float g_factored[K]; // as Adafactor scales it
    float m_factored[K];
};

// Element n of a tensor. A tensor of rank 0 or 1 has its own second moments in place of factored ones, and m there is divided by their
// root with another epsilon.
__device__ inline Element element(
        const float* memory, const Places& at, const Tensor& tensor, int n, float epsilon, float epsilon_of_vectors) {
    const int e = tensor.offset + n;
    const int r = row(tensor, n);
    const int c = tensor.factored ? col(tensor, n) : r;
    Element o;
    o.g = clip(memory[at.gradient + e], LIMIT);
    o.p = memory[e];
    o.v = memory[at.momentum + K * at.size + e];
    o.q = inverse_root(o.v + epsilon);
#pragma unroll
    for (int k = 0; k < K; k++) {
        const float* accumulators = memory + at.accumulators + k * at.count;
        const float* factors = memory + at.factors + k * at.count;
        o.m[k] = memory[at.momentum + k * at.size + e];
        o.of_row[k] = accumulators[tensor.row_offset + r];
        o.of_col[k] = accumulators[tensor.col_offset + c];
        if (tensor.factored) {
            const float factor = factors[tensor.row_offset + r] * factors[tensor.col_offset + c];
            o.g_factored[k] = o.g * factor;
            o.m_factored[k] = o.m[k] * factor;
        } else {
            o.g_factored[k] = o.g * safe_inverse_root(o.of_row[k] + 1e-9f);
            o.m_factored[k] = o.m[k] * inverse_root(o.of_row[k] + epsilon_of_vectors);
        }
    }
    return o;
}

// What a rule sees of element n of a tensor, before normalisation: defined by the rule's own source.
__device__ inline void features(const float* memory, const Places& at, const Tensor& tensor, int n, float (&x)[COLUMNS]);

// The first pass: momenta and second moment take in the gradient, and the squares of the features are summed over the chunk.
extern "C" __global__ void moments(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Chunk* chunks) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Chunk chunk = chunks[blockIdx.y];
    const Tensor tensor = tensors[chunk.tensor];
    float squares[COLUMNS] = {};
    for (int i = threadIdx.x; i < chunk.count; i += blockDim.x) {
        const int e = chunk.begin + i;
        const float g = clip(memory[at.gradient + e], LIMIT);
        for (int k = 0; k < K + 1; k++) {
            const float beta = memory[at.decays + k];
            float* m = memory + at.momentum + k * at.size + e;
            *m = beta * *m + (1 - beta) * (k < K ? g : g * g);
        }
        float x[COLUMNS];
        features(memory, at, tensor, e - tensor.offset, x);
        for (int c = 0; c < COLUMNS; c++) {
            squares[c] += x[c] * x[c];
        }
    }
    block_sums(squares, memory + at.partials + blockIdx.y * COLUMNS);
}

// 1/√(ε + mean square) of every feature over every group.
extern "C" __global__ void feature_scales(
        float* lanes, long long stride, const Now* nows, Places at, const Group* groups, float epsilon) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Group group = groups[blockIdx.y];
    for (int c = threadIdx.x; c < COLUMNS; c += blockDim.x) {
        float sum = 0;
        for (int i = 0; i < group.chunks; i++) {
            sum += memory[at.partials + (group.chunk + i) * COLUMNS + c];
        }
        memory[at.scales + blockIdx.y * COLUMNS + c] = inverse_root(epsilon + sum / group.size);
    }
}

// The weights of the rule's network as one block keeps them: the features' scales are folded into the first layer.
struct Weights {
    float w0[COLUMNS * HIDDEN];
    float b0[HIDDEN];
    float w1[HIDDEN * HIDDEN];
    float b1[HIDDEN];
    float w2[HIDDEN * OUTPUTS];
    float b2[OUTPUTS];
};

// theta: w0 [COLUMNS + constants, HIDDEN], b0, w1, b1, w2 [HIDDEN, WIDTH], b2, of which the first OUTPUTS of WIDTH are needed;
// constant features add to the first layer's bias.
__device__ inline void load(Weights& w, const float* theta, const float* scales, const float* constants, int count) {
    const int b0 = (COLUMNS + count) * HIDDEN;
    const int w1 = b0 + HIDDEN;
    const int b1 = w1 + HIDDEN * HIDDEN;
    const int w2 = b1 + HIDDEN;
    const int b2 = w2 + HIDDEN * WIDTH;
    for (int i = threadIdx.x; i < COLUMNS * HIDDEN; i += blockDim.x) {
        w.w0[i] = theta[i] * scales[i / HIDDEN];
    }
    for (int j = threadIdx.x; j < HIDDEN; j += blockDim.x) {
        float sum = theta[b0 + j];
        for (int i = 0; i < count; i++) {
            sum += constants[i] * theta[(COLUMNS + i) * HIDDEN + j];
        }
        w.b0[j] = sum;
        w.b1[j] = theta[b1 + j];
        for (int o = 0; o < OUTPUTS; o++) {
            w.w2[j * OUTPUTS + o] = theta[w2 + j * WIDTH + o];
        }
    }
    for (int i = threadIdx.x; i < HIDDEN * HIDDEN; i += blockDim.x) {
        w.w1[i] = theta[w1 + i];
    }
    for (int o = threadIdx.x; o < OUTPUTS; o += blockDim.x) {
        w.b2[o] = theta[b2 + o];
    }
    __syncthreads();
}

// y ← x·w + b; everything in registers but the weights, which all threads of a warp read at once.
template <int IN, int OUT>
__device__ inline void layer(const float* w, const float* b, const float (&x)[IN], float (&y)[OUT]) {
#pragma unroll
    for (int j = 0; j < OUT; j++) {
        y[j] = b[j];
    }
#pragma unroll
    for (int i = 0; i < IN; i++) {
#pragma unroll
        for (int j = 0; j < OUT; j++) {
            y[j] = fmaf(x[i], w[i * OUT + j], y[j]);
        }
    }
}

template <int N>
__device__ inline void relu(float (&x)[N]) {
#pragma unroll
    for (int i = 0; i < N; i++) {
        x[i] = x[i] < 0 ? 0 : x[i];
    }
}

__device__ inline void network(const Weights& w, const float (&x)[COLUMNS], float (&y)[OUTPUTS]) {
    // Weights are to be read anew for every element: kept over the loop they would be thousands of registers, and spill.
    asm volatile("" ::: "memory");
    float h0[HIDDEN];
    float h1[HIDDEN];
    layer(w.w0, w.b0, x, h0);
    relu(h0);
    layer(w.w1, w.b1, h0, h1);
    relu(h1);
    layer(w.w2, w.b2, h1, y);
}
