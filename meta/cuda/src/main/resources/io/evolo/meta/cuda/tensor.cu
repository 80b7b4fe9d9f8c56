// A rule's network on tensor cores: a warp's 32 elements at once, inputs of every product rounded to tf32 (11 significant bits, with
// -DTF32) or bf16 (8, with -DBF16), sums in float32.
//
// A warp multiplies 16 rows by 8 columns over 16 inputs, by one product of bf16 or two of tf32. Of such tiles lane l has, with g = l/4
// and c = l%4:
//   of the rows   (g, 2c), (g, 2c + 1), (g + 8, 2c), (g + 8, 2c + 1), and the same four behind input 8;
//   of the weights (2c, g), (2c + 1, g), (2c + 8, g), (2c + 9, g);
//   of the sums   (g, 2c), (g, 2c + 1), (g + 8, 2c), (g + 8, 2c + 1).
// So the sums of two tiles are the rows of the next layer, where they are. That is bf16's layout; tf32 has inputs c and c + 4 where this
// has 2c and 2c + 1, which is the same sum in another order, for rows and weights alike.

#define WARP 32

// Lanes of a warp that one thread plays: one; on a processor, which has no warps, all of them.
#ifndef LANES
#define LANES 1
#endif

#define WARPS (THREADS * LANES / WARP)

#ifdef TF32
#define PRODUCT "m16n8k8.row.col.f32.tf32.tf32.f32"
#define PER_WORD 1 // numbers in one 32-bit word
#else
#define PRODUCT "m16n8k16.row.col.f32.bf16.bf16.f32"
#define PER_WORD 2
#endif

#define PRODUCTS (2 / PER_WORD) // for 16 inputs
#define UNITS ((HIDDEN + 15) / 16 * 16)
#define INPUT_STEPS ((COLUMNS + 15) / 16)
#define STEPS (UNITS / 16)
#define TILES (UNITS / 8)

// Floats from one element's inputs to the next one's: four more than the inputs, so that lanes that read together meet different banks,
// and outputs have a place.
#define ROW (16 * INPUT_STEPS + 4)
#define Y (ROW - 4)

__device__ inline int lane(int slot) {
    return (threadIdx.x * LANES + slot) % WARP;
}

__device__ inline int warp() {
    return threadIdx.x * LANES / WARP;
}

__device__ inline int warps() {
    return blockDim.x * LANES / WARP;
}

#ifdef __CUDACC__
__device__ inline unsigned rounded(float x) {
    unsigned word;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(word) : "f"(x));
    return word;
}

__device__ inline unsigned rounded(float low, float high) {
    unsigned word;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
    return word;
}

__device__ inline void add_product(float (&sum)[1][4], const unsigned (&a)[1][4], const unsigned (&b)[1][2]) {
    asm volatile("mma.sync.aligned." PRODUCT " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(sum[0][0]), "+f"(sum[0][1]), "+f"(sum[0][2]), "+f"(sum[0][3])
                 : "r"(a[0][0]), "r"(a[0][1]), "r"(a[0][2]), "r"(a[0][3]), "r"(b[0][0]), "r"(b[0][1]));
}
#endif

// 16 rows of 16 inputs.
struct Rows {
    unsigned word[PRODUCTS][LANES][4];
};

__device__ inline void set(Rows& rows, int slot, const float (&x)[8]) {
#ifdef TF32
    for (int half = 0; half < 2; half++) {
        rows.word[half][slot][0] = rounded(x[4 * half]);
        rows.word[half][slot][1] = rounded(x[4 * half + 2]);
        rows.word[half][slot][2] = rounded(x[4 * half + 1]);
        rows.word[half][slot][3] = rounded(x[4 * half + 3]);
    }
#else
    for (int i = 0; i < 4; i++) {
        rows.word[0][slot][i] = rounded(x[2 * i], x[2 * i + 1]);
    }
#endif
}

// A lane's four weights of a tile, as the words of its products.
struct alignas(16 / PER_WORD) Four {
    unsigned word[4 / PER_WORD];
};

__device__ inline Four four(float x0, float x1, float x2, float x3) {
#ifdef TF32
    return {rounded(x0), rounded(x1), rounded(x2), rounded(x3)};
#else
    return {rounded(x0, x1), rounded(x2, x3)};
#endif
}

// A warp's elements: their inputs, and behind them their outputs.
struct alignas(16) Elements {
    float at[WARP][ROW];
};

// What one block keeps of the rule's network; the features' scales are folded into the first layer. Units and outputs that there are not
// have weights 0.
struct TensorWeights {
    Four w0[INPUT_STEPS * TILES * WARP];
    Four w1[STEPS * TILES * WARP];
    Four w2[STEPS * WARP];
    float b0[UNITS];
    float b1[UNITS];
    float b2[8];
};

template <class Weight>
__device__ inline void pack(Four* to, int steps, int tiles, Weight weight) {
    for (int i = threadIdx.x; i < steps * tiles * WARP; i += blockDim.x) {
        const int in = i / WARP / tiles * 16 + i % 4 * 2;
        const int out = i / WARP % tiles * 8 + i % WARP / 4;
        to[i] = four(weight(in, out), weight(in + 1, out), weight(in + 8, out), weight(in + 9, out));
    }
}

// As load of Weights.
__device__ inline void load(TensorWeights& w, const float* theta, const float* scales, const float* constants, int count) {
    const float* b0 = theta + (COLUMNS + count) * HIDDEN;
    const float* w1 = b0 + HIDDEN;
    const float* b1 = w1 + HIDDEN * HIDDEN;
    const float* w2 = b1 + HIDDEN;
    const float* b2 = w2 + HIDDEN * WIDTH;
    pack(w.w0, INPUT_STEPS, TILES, [=](int in, int out) {
        return in < COLUMNS && out < HIDDEN ? theta[in * HIDDEN + out] * scales[in] : 0;
    });
    pack(w.w1, STEPS, TILES, [=](int in, int out) { return in < HIDDEN && out < HIDDEN ? w1[in * HIDDEN + out] : 0; });
    pack(w.w2, STEPS, 1, [=](int in, int out) { return in < HIDDEN && out < OUTPUTS ? w2[in * WIDTH + out] : 0; });
    for (int j = threadIdx.x; j < UNITS; j += blockDim.x) {
        float sum = j < HIDDEN ? b0[j] : 0;
        for (int i = 0; i < count && j < HIDDEN; i++) {
            sum += constants[i] * theta[(COLUMNS + i) * HIDDEN + j];
        }
        w.b0[j] = sum;
        w.b1[j] = j < HIDDEN ? b1[j] : 0;
    }
    for (int o = threadIdx.x; o < 8; o += blockDim.x) {
        w.b2[o] = o < OUTPUTS ? b2[o] : 0;
    }
    __syncthreads();
}

// sums ← rows·w + b.
template <int IN, int OUT>
__device__ inline void layer(const Rows (&rows)[IN], const Four* w, const float* b, float (&sums)[OUT][LANES][4]) {
#pragma unroll
    for (int tile = 0; tile < OUT; tile++) {
        for (int slot = 0; slot < LANES; slot++) {
            for (int i = 0; i < 4; i++) {
                sums[tile][slot][i] = b[tile * 8 + lane(slot) % 4 * 2 + i % 2];
            }
        }
#pragma unroll
        for (int step = 0; step < IN; step++) {
            unsigned words[PRODUCTS][LANES][2];
            for (int slot = 0; slot < LANES; slot++) {
                const Four four = w[(step * OUT + tile) * WARP + lane(slot)];
                for (int i = 0; i < 2 * PRODUCTS; i++) {
                    words[i / 2][slot][i % 2] = four.word[i];
                }
            }
            for (int p = 0; p < PRODUCTS; p++) {
                add_product(sums[tile], rows[step].word[p], words[p]);
            }
        }
    }
}

// What is positive of a layer's sums, as the rows of the next one.
__device__ inline void relu(const float (&sums)[TILES][LANES][4], Rows (&rows)[STEPS]) {
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        for (int slot = 0; slot < LANES; slot++) {
            float x[8];
            for (int i = 0; i < 8; i++) {
                const float sum = sums[2 * step + i / 4][slot][i % 4];
                x[i] = sum < 0 ? 0 : sum;
            }
            set(rows[step], slot, x);
        }
    }
}

// The outputs of 16 elements, written behind their inputs.
__device__ inline void network(const TensorWeights& w, float (*x)[ROW]) {
    Rows inputs[INPUT_STEPS];
    Rows hidden[STEPS];
    float sums[TILES][LANES][4];
    float y[1][LANES][4];
#pragma unroll
    for (int step = 0; step < INPUT_STEPS; step++) {
        for (int slot = 0; slot < LANES; slot++) {
            float of_lane[8];
            for (int i = 0; i < 8; i++) {
                of_lane[i] = x[lane(slot) / 4 + i / 2 % 2 * 8][step * 16 + lane(slot) % 4 * 2 + i % 2 + i / 4 * 8];
            }
            set(inputs[step], slot, of_lane);
        }
    }
    layer(inputs, w.w0, w.b0, sums);
    relu(sums, hidden);
    layer(hidden, w.w1, w.b1, sums);
    relu(sums, hidden);
    layer(hidden, w.w2, w.b2, y);
    for (int slot = 0; slot < LANES; slot++) {
        for (int i = 0; i < 4 && lane(slot) % 4 == 0; i++) {
            x[lane(slot) / 4 + i / 2 * 8][Y + i % 2] = y[0][slot][i];
        }
    }
}
