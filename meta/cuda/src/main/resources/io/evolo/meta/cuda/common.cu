// What all kernels share. Every lane owns one block of floats, its memory, at lanes + stride·lane: parameters, state of the rule, theta,
// values and gradients of the network, at offsets that the plan of the program gives. Blocks (x) are lanes, blocks (y) share one lane's
// work. All kernels are right for any number of threads in a block, one thread too: that is how a CPU runs them. (Those on
// tensor cores are right for whole warps; see tensor.cu.)

// Most threads of a block.
#define THREADS 128

// What a lane is doing in this inner step; written by begin.
struct Now {
    int active; // whether it makes this step
    int frozen; // whether it has diverged
    int step;   // of its inner problem, from 0
    int made;   // steps that the rule has made since the problem was opened
    float rate; // of the rule's schedule
    int horizon; // inner steps of its problem
    long long stream; // names its batches and the noise of its passes
};

// One segment of a lane's truncation; the executor writes them in order.
struct Segment {
    long long stream; // names the batches
    const float* inputs; // of its data set
    const int* labels;
    int examples;     // how many the data set has
    int begin;        // first tick of the truncation
    int end;          // tick after its last
    int step;         // of the inner problem, at begin
    int made;         // steps of the rule, at begin
    int noise;        // row of ε
    int initial;      // row of the initial parameters, or -1 where the problem goes on
    int horizon;      // inner steps of the problem
};

// Whether this lane makes no step now.
__device__ inline bool idle(const Now& now) {
    return !now.active || now.frozen;
}

// Within ±limit; NaN stays NaN, which fminf and fmaxf would drop.
__device__ inline float clip(float g, float limit) {
    return g > limit ? limit : g < -limit ? -limit : g;
}

__device__ inline float inverse_root(float x) {
    return 1 / sqrtf(x);
}

// 1/√max(x, 1e-9).
__device__ inline float safe_inverse_root(float x) {
    return inverse_root(x < 1e-9f ? 1e-9f : x);
}

// Finalizer of SplitMix64, variant 13 of Stafford; bit for bit BatchKey.mix.
__device__ inline unsigned long long mix(unsigned long long z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// 64 random bits that belong to one position of one step's batch; bit for bit BatchKey.bits.
__device__ inline unsigned long long bits(long long stream, int step, int position) {
    unsigned long long of_step = mix((unsigned long long)stream + 0x9E3779B97F4A7C15ull * (unsigned long long)(long long)step);
    return mix(of_step + 0xD1B54A32D192ED03ull * (unsigned long long)(long long)position);
}

// The example at one position of one step's batch; bit for bit BatchKey.example.
__device__ inline int example(long long stream, int step, int position, int examples) {
    return (int)__umul64hi(bits(stream, step, position), (unsigned long long)(long long)examples);
}

// The sum of every thread's value, in the order of threads; the same in all of them.
__device__ inline double block_sum(double value) {
    __shared__ double values[THREADS];
    values[threadIdx.x] = value;
    __syncthreads();
    double sum = 0;
    for (int i = 0; i < (int)blockDim.x; i++) {
        sum += values[i];
    }
    __syncthreads();
    return sum;
}

// For each of N columns, the sum over all threads in their order; written to out[N].
template <class T, int N>
__device__ inline void block_sums(const T (&value)[N], T* out) {
    __shared__ T values[N][THREADS + 1]; // one more, so that neighbours lie in different banks
    for (int n = 0; n < N; n++) {
        values[n][threadIdx.x] = value[n];
    }
    __syncthreads();
    for (int n = threadIdx.x; n < N; n += blockDim.x) {
        T sum = 0;
        for (int i = 0; i < (int)blockDim.x; i++) {
            sum += values[n][i];
        }
        out[n] = sum;
    }
    __syncthreads();
}

// A matrix by the distances of neighbouring rows and columns: a transpose is the same values with the two exchanged.
struct Matrix {
    const float* at;
    int row;
    int col;
};

// Sums over k of a(i, k)·b(k, j), i in [0, m), j in [0, n), handed to write(i, j, sum). A thread makes tiles of 4×4, from
// registers, and takes every step-th tile from the first on: 8 loads for 16 multiply-adds; matrices of a lane stay in the cache.
template <class Write>
__device__ inline void product(Matrix a, Matrix b, int m, int n, int k, int first, int step, Write write) {
    const int across = (n + 3) / 4;
    const int tiles = (m + 3) / 4 * across;
    for (int tile = first; tile < tiles; tile += step) {
        const int i0 = tile / across * 4;
        const int j0 = tile % across * 4;
        const float* rows[4];
        const float* cols[4];
        for (int r = 0; r < 4; r++) {
            rows[r] = a.at + (long long)min(i0 + r, m - 1) * a.row; // beyond the edge: computed again, not written
            cols[r] = b.at + (long long)min(j0 + r, n - 1) * b.col;
        }
        float sum[4][4] = {};
        for (int s = 0; s < k; s++) {
            float x[4];
            float y[4];
            for (int r = 0; r < 4; r++) {
                x[r] = rows[r][(long long)s * a.col];
                y[r] = cols[r][(long long)s * b.row];
            }
            for (int r = 0; r < 4; r++) {
                for (int c = 0; c < 4; c++) {
                    sum[r][c] = fmaf(x[r], y[c], sum[r][c]);
                }
            }
        }
        for (int r = 0; r < 4 && i0 + r < m; r++) {
            for (int c = 0; c < 4 && j0 + c < n; c++) {
                write(i0 + r, j0 + c, sum[r][c]);
            }
        }
    }
}

// This thread among all that share a lane's work, and how many they are.
__device__ inline int first_item() {
    return blockIdx.y * blockDim.x + threadIdx.x;
}

__device__ inline int all_items() {
    return gridDim.y * blockDim.x;
}
