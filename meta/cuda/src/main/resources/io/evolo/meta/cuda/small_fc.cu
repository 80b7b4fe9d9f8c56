// The learned rule small_fc; see io.evolo.optimizers.learned.SmallFc, whose order of features this is.

#define TIMES 11

__device__ inline void features(const float* memory, const Places& at, const Tensor& tensor, int n, float (&x)[COLUMNS]) {
    const Element o = element(memory, at, tensor, n, 1e-6f, 1e-6f);
    x[0] = o.g;
    x[1] = o.p;
    x[5] = o.v;
    x[9] = o.q;
#pragma unroll
    for (int k = 0; k < K; k++) {
        x[2 + k] = o.m[k];
        x[6 + k] = o.m[k] * o.q;
        x[10 + k] = o.g_factored[k];
        x[13 + k] = o.of_row[k];
        x[16 + k] = o.of_col[k];
        x[19 + k] = inverse_root(o.of_row[k] + 1e-8f);
        x[22 + k] = inverse_root(o.of_col[k] + 1e-8f);
        x[25 + k] = o.m_factored[k];
    }
}

// How far the run is: tanh(t/scale − 1).
__device__ inline void time_features(const Now& now, float (&times)[TIMES]) {
    const float scales[TIMES] = {1, 3, 10, 30, 100, 300, 1000, 3000, 1e4f, 3e4f, 1e5f};
    for (int i = threadIdx.x; i < TIMES; i += blockDim.x) {
        times[i] = (float)tanh(now.made / (double)scales[i] - 1);
    }
    __syncthreads();
}

struct Multipliers {
    float exponent;
    float step;
    float decay;
    int decay_with_step;
};

// p ← (before·p − size·dir·exp(mag·exponent))·after.
struct Move {
    float before;
    float after;
    float size;
    float exponent;

    __device__ Move(const Now& now, const Tensor& tensor, const Multipliers& by)
        : before(by.decay_with_step ? 1 - now.rate * by.decay : 1), after(by.decay_with_step ? 1 : 1 - now.rate * by.decay),
          size(now.rate * tensor.scale * by.step), exponent(by.exponent) {}

    __device__ float operator()(float p, float dir, float mag) const {
        return (before * p - size * (dir * expf(mag * exponent))) * after;
    }
};
