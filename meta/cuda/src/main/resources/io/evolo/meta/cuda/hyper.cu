// What VeLO and Celo share; see io.evolo.optimizers.learned.HyperRule, Conductor and LossBuffer. A recurrent network looks at the loss,
// and VeLO's at every tensor, and gives every tensor a step size; the source that follows has that.

#define SPANS 10
#define FRACTIONS 9
#define COMMON (FRACTIONS + SPANS - 1)
#define NO_MINIMUM 1e12f

// Normalised over the tensor; for tensors of rank 0 and 1 no column is left out.
__device__ inline void features(const float* memory, const Places& at, const Tensor& tensor, int n, float (&x)[COLUMNS]) {
    columns(element(memory, at, tensor, n, 1e-6f, 0), x);
}

// An average corrected for its start at 0, in single precision as published weights have seen it.
__device__ inline float corrected(float average, float decay, int n) {
    return average / (1 - (float)pow((double)decay, (double)n));
}

// Takes in a loss, before any other thing of the step, and writes what is the same for all tensors: how far the run is, and where the
// loss's averages lie. For all threads of a block; ends without a barrier.
__device__ inline void take_loss(const Now& now, float loss, float* averages, float (&inputs)[COMMON]) {
    __shared__ float decays[SPANS];
    float* minima = averages + SPANS;
    for (int i = threadIdx.x; i < SPANS; i += blockDim.x) {
        const double first = log(10.0);
        decays[i] = (float)exp(-1 / exp(first + i * (log((double)now.horizon) - first) / (SPANS - 1)));
        if (now.made == 0) {
            averages[i] = 0;
            minima[i] = NO_MINIMUM;
        }
    }
    __syncthreads();
    if (threadIdx.x > 0) {
        return;
    }
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

// y ← x·w + b for one output; biases lie behind the weights [ins, outs].
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

// One unit of an LSTM whose forget gate has 1 added, in place.
__device__ inline void cell(float in, float candidate, float forget, float out, float& h, float& c) {
    c = logistic(forget + 1) * c + logistic(in) * tanhf(candidate);
    h = logistic(out) * tanhf(c);
}

// The second pass: features, network and update in registers. p ← (p − size·dir·exp(mag·exponent))·keep. A tensor's network lies
// network_size behind that of the tensor before it; 0: all have the same.
extern "C" __global__ void hyper_move(
        float* lanes, long long stride, const Now* nows, Places at, const Tensor* tensors, const Chunk* chunks, int networks,
        int network_size, int sizes, float exponent, float decay) {
    __shared__ Weights weights;
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Chunk chunk = chunks[blockIdx.y];
    const Tensor tensor = tensors[chunk.tensor];
    load(weights, memory + networks + chunk.tensor * network_size, memory + at.scales + chunk.group * COLUMNS, memory, 0);
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
