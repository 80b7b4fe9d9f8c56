// The learned rule celo; see io.evolo.optimizers.learned.Celo, Conductor, LossBuffer and TensorLstm.

#define SPANS 10
#define FRACTIONS 9
#define INPUTS (FRACTIONS + SPANS - 1)
#define NO_MINIMUM 1e12f

// Normalised over the tensor; its columns are Celo2's, but for other epsilons, and for tensors of rank 0 and 1 none is left out.
__device__ inline void features(const float* memory, const Places& at, const Tensor& tensor, int n, float (&x)[COLUMNS]) {
    const int e = tensor.offset + n;
    const int r = row(tensor, n);
    const int c = tensor.factored ? col(tensor, n) : r;
    const float g = clip(memory[at.gradient + e], LIMIT);
    const float v = memory[at.momentum + K * at.size + e];
    const float q = inverse_root(v + 1e-6f);
    x[0] = g;
    x[1] = clip(g, 0.1f);
    x[2] = memory[e];
    x[6] = v;
    x[10] = q;
    x[14] = g * q;
#pragma unroll
    for (int k = 0; k < K; k++) {
        const float m = memory[at.momentum + k * at.size + e];
        const float* accumulators = memory + at.accumulators + k * at.count;
        const float* factors = memory + at.factors + k * at.count;
        const float of_row = accumulators[tensor.row_offset + r];
        const float of_col = accumulators[tensor.col_offset + c];
        x[3 + k] = m;
        x[7 + k] = m * q;
        x[15 + k] = of_row;
        x[18 + k] = of_col;
        x[21 + k] = inverse_root(of_row + 1e-8f);
        x[24 + k] = inverse_root(of_col + 1e-8f);
        if (tensor.factored) {
            const float factor = factors[tensor.row_offset + r] * factors[tensor.col_offset + c];
            x[11 + k] = g * factor;
            x[27 + k] = m * factor;
        } else {
            x[11 + k] = g * safe_inverse_root(of_row + 1e-9f);
            x[27 + k] = m * inverse_root(of_row);
        }
    }
}

// The recurrent network, and offsets in theta and in a lane's memory.
struct Recurrent {
    int units;
    int max_layer; // in theta; weights [ins, outs] with biases behind them, as all layers
    int direct_layer;
    int gates;
    int step_layer;
    int initial; // h and then c
    int losses;  // in the lane's memory: SPANS averages and as many minima
    int h;
    int c;
    int work;  // 7 units
    int sizes; // a step size for each tensor
    int scheduled;
    int by_parameter_scale;
    float head; // factor of the schedule
    float step;
};

// An average corrected for its start at 0, in single precision as published weights have seen it.
__device__ inline float corrected(float average, float decay, int n) {
    return average / (1 - (float)pow((double)decay, (double)n));
}

// y ← x·w + b for one output.
__device__ inline float output(const float* layer, const float* x, int ins, int outs, int j) {
    float sum = layer[ins * outs + j];
    for (int i = 0; i < ins; i++) {
        sum = fmaf(x[i], layer[i * outs + j], sum);
    }
    return sum;
}

__device__ inline float logistic(float x) {
    return 1 / (1 + expf(-x));
}

// Takes in the loss, runs the recurrent network, and gives every tensor its step size: before anything of the lane moves. One block for
// each lane.
extern "C" __global__ void celo_conduct(
        float* lanes, long long stride, const Now* nows, Places at, Recurrent r, const Tensor* tensors, int count, const int* clock,
        const float* losses) {
    __shared__ float decays[SPANS];
    __shared__ float inputs[INPUTS];
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const float* theta = memory + at.theta;
    float* averages = memory + r.losses;
    float* minima = averages + SPANS;
    float* h = memory + r.h;
    float* c = memory + r.c;
    float raw = 0;
    if (r.scheduled) {
        for (int i = threadIdx.x; i < SPANS; i += blockDim.x) {
            const double first = log(10.0);
            decays[i] = (float)exp(-1 / exp(first + i * (log((double)now.horizon) - first) / (SPANS - 1)));
        }
        if (now.made == 0) {
            for (int i = threadIdx.x; i < SPANS; i += blockDim.x) {
                averages[i] = 0;
                minima[i] = NO_MINIMUM;
            }
            for (int i = threadIdx.x; i < r.units; i += blockDim.x) {
                h[i] = theta[r.initial + i];
                c[i] = theta[r.initial + r.units + i];
            }
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            const float loss = losses[(long long)*clock * gridDim.x + blockIdx.x];
            float largest = now.made > 0 ? corrected(averages[0], decays[0], now.made + 1) : loss;
            for (int i = 1; i < SPANS && now.made > 0; i++) {
                const float average = corrected(averages[i], decays[i], now.made + 1);
                largest = average > largest ? average : largest;
            }
            const float bound = fabsf(largest) * 2;
            const float seen = bound < loss ? bound : loss;
            for (int i = 0; i < SPANS; i++) {
                averages[i] = decays[i] * averages[i] + (1 - decays[i]) * seen;
                const float average = corrected(averages[i], decays[i], now.made + 1);
                minima[i] = average < minima[i] ? average : minima[i];
            }
            const float fractions[FRACTIONS] = {0.03f, 0.1f, 0.2f, 0.4f, 0.6f, 0.8f, 0.9f, 1, 1.1f};
            for (int i = 0; i < FRACTIONS; i++) {
                inputs[i] = (float)tanh((double)(10 * ((float)now.made / now.horizon - fractions[i])));
            }
            for (int i = 0; i < SPANS - 1; i++) {
                const float least = minima[i];
                const float range = corrected(averages[i + 1], decays[i + 1], now.made + 1) - least;
                const float feature = (corrected(averages[i], decays[i], now.made + 1) - least) / (range < 1e-8f ? 1e-8f : range) - 1;
                inputs[FRACTIONS + i] = now.made + 1 <= 2 ? 0 : clip(feature, 1);
            }
        }
        __syncthreads();
        float* joined = memory + r.work;
        float* gates = joined + 2 * r.units;
        for (int j = threadIdx.x; j < r.units; j += blockDim.x) {
            const float most = output(theta + r.max_layer, inputs, INPUTS, r.units, j);
            joined[j] = output(theta + r.direct_layer, inputs, INPUTS, r.units, j) + (most > 0 ? most : 0);
            joined[r.units + j] = h[j];
        }
        __syncthreads();
        for (int j = threadIdx.x; j < 4 * r.units; j += blockDim.x) {
            gates[j] = output(theta + r.gates, joined, 2 * r.units, 4 * r.units, j);
        }
        __syncthreads();
        for (int j = threadIdx.x; j < r.units; j += blockDim.x) {
            const float in = logistic(gates[j]) * tanhf(gates[r.units + j]);
            c[j] = logistic(gates[2 * r.units + j] + 1) * c[j] + in;
            h[j] = logistic(gates[3 * r.units + j]) * tanhf(c[j]);
        }
        __syncthreads();
        raw = output(theta + r.step_layer, h, r.units, 1, 0);
    }
    const double multiplier = r.scheduled ? r.head * exp((double)raw) : 1;
    for (int i = 0; i < count; i++) {
        double squares = 0;
        for (int e = threadIdx.x; e < tensors[i].size && r.by_parameter_scale; e += blockDim.x) {
            squares += (double)memory[tensors[i].offset + e] * memory[tensors[i].offset + e];
        }
        const double scale = r.by_parameter_scale ? sqrt(block_sum(squares) / tensors[i].size + 1e-9) : 1;
        if (threadIdx.x == 0) {
            memory[r.sizes + i] = (float)((double)now.rate * r.step * tensors[i].scale * scale * multiplier);
        }
    }
}

// The second pass: features, network and update in registers. p ← (p − size·dir·exp(mag·exponent))·keep.
extern "C" __global__ void celo(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Chunk* chunks, int networks, int sizes,
        float exponent, float decay) {
    __shared__ Weights weights;
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Chunk chunk = chunks[blockIdx.y];
    const Tensor tensor = tensors[chunk.tensor];
    load(weights, memory + at.theta + networks, memory + at.scales + chunk.group * COLUMNS, memory, 0);
    const float keep = 1 - now.rate * decay;
    const float size = memory[sizes + chunk.tensor];
    for (int i = threadIdx.x; i < chunk.count; i += blockDim.x) {
        const int e = chunk.begin + i;
        float x[COLUMNS];
        float y[OUTPUTS];
        features(memory, at, tensor, e - tensor.offset, x);
        network(weights, x, y);
        memory[e] = (memory[e] - size * (y[0] * expf(y[1] * exponent))) * keep;
    }
}
