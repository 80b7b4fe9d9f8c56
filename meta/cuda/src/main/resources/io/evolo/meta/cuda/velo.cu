// What gives VeLO's tensors their step sizes and networks; see io.evolo.optimizers.learned.Velo, Conductor, TensorStatistics and
// TensorLstm. Each kernel is one layer of the recurrent network for all tensors, so that its weights are read once, by many blocks.

#define OWN 12 // what it is told of each tensor beside the common inputs
#define INPUTS (COMMON + OWN)
#define RANKS 5
#define NETWORK (HIDDEN * (COLUMNS + 1 + HIDDEN + 1 + WIDTH) + WIDTH)

// Sums over a tensor's elements: p², m and m² of three momenta, v, v².
#define SUMS (3 + 2 * K)

// Sizes of the recurrent network, and offsets.
struct Recurrent {
    int tensors;
    int units;
    int basis;
    int max_layer; // in theta; weights [ins, outs] with biases behind them, as all layers
    int direct_layer;
    int gates;
    int controls_layer;
    int step_layer;
    int initial;  // h and then c
    int networks; // first layers' weights of all networks, then their biases, and so on
    int losses;   // in the lane's memory: SPANS averages and as many minima
    int h;        // [tensors, units]
    int c;
    int sums;     // [chunks, SUMS] in double precision
    int inputs;   // [tensors, INPUTS]
    int joined;   // [tensors, 2·units]: inputs of the LSTM
    int controls; // [tensors, basis]
    int mixed;    // [tensors, NETWORK]
    int sizes;    // a step size for each tensor
    int by_parameter_scale;
    float blend; // over the number of networks
    float step;
};

// The sums of one block's elements, before the accumulators take in the gradient.
extern "C" __global__ void velo_sums(
        float* lanes, long long stride, const Now* nows, Places at, Recurrent r, const Chunk* chunks) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const Chunk chunk = chunks[blockIdx.y];
    double sums[SUMS] = {};
    for (int e = chunk.begin + threadIdx.x; e < chunk.begin + chunk.count; e += blockDim.x) {
        const double p = memory[e];
        const double v = memory[at.momentum + K * at.size + e];
        sums[0] += p * p;
        for (int k = 0; k < K; k++) {
            const double m = memory[at.momentum + k * at.size + e];
            sums[1 + k] += m;
            sums[1 + K + k] += m * m;
        }
        sums[1 + 2 * K] += v;
        sums[2 + 2 * K] += v * v;
    }
    block_sums(sums, (double*)(memory + r.sums) + blockIdx.y * SUMS);
}

__device__ inline float logarithm(double x) {
    const double l = log(1e-8 + fabs(10 * x));
    return (float)(0.5 * (l > 5 ? 5 : l < -5 ? -5 : l));
}

// What the network is told of one tensor, from the means of its sums. That v's spread is taken around the momenta's means is how it was
// published.
__device__ inline void own_inputs(const double (&mean)[SUMS], int long_axes, float* out) {
    const double r2 = 1 / (mean[0] < 1e-9 ? 1e-9 : mean[0]);
    const double v = mean[1 + 2 * K];
    out[0] = logarithm(v * sqrt(r2));
    for (int rank = 0; rank < RANKS; rank++) {
        out[1 + rank] = rank == long_axes ? 1 : 0;
    }
    for (int k = 0; k < K; k++) {
        const double m = mean[1 + k];
        out[1 + RANKS + k] = logarithm((mean[1 + K + k] - m * m) * r2);
        out[1 + RANKS + K + k] = logarithm((mean[2 + 2 * K] - 2 * m * v + m * m) * r2);
    }
}

// Takes in the loss and writes the network's inputs, and each tensor's step size but for what the network adds. One block for each lane.
extern "C" __global__ void velo_inputs(
        float* lanes, long long stride, const Now* nows, Places at, Recurrent r, const Tensor* tensors, const Group* groups,
        const int* long_axes, const int* clock, const float* losses) {
    __shared__ float common[COMMON];
    __shared__ double total[SUMS];
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = threadIdx.x; i < r.tensors * r.units && now.made == 0; i += blockDim.x) {
        memory[r.h + i] = memory[at.theta + r.initial + i % r.units];
        memory[r.c + i] = memory[at.theta + r.initial + r.units + i % r.units];
    }
    take_loss(now, losses[(long long)*clock * gridDim.x + blockIdx.x], memory + r.losses, common);
    __syncthreads();
    for (int t = 0; t < r.tensors; t++) {
        const double* of_chunks = (const double*)(memory + r.sums) + groups[t].chunk * SUMS;
        double part[SUMS] = {};
        for (int chunk = threadIdx.x; chunk < groups[t].chunks; chunk += blockDim.x) {
            for (int i = 0; i < SUMS; i++) {
                part[i] += of_chunks[chunk * SUMS + i];
            }
        }
        block_sums(part, total);
        float* inputs = memory + r.inputs + t * INPUTS;
        for (int i = threadIdx.x; i < COMMON; i += blockDim.x) {
            inputs[i] = common[i];
        }
        if (threadIdx.x == 0) {
            double mean[SUMS];
            for (int i = 0; i < SUMS; i++) {
                mean[i] = total[i] / tensors[t].size;
            }
            own_inputs(mean, long_axes[t], inputs + COMMON);
            const double scale = r.by_parameter_scale ? sqrt(mean[0] + 1e-9) : 1;
            memory[r.sizes + t] = (float)((double)now.rate * r.step * tensors[t].scale * scale);
        }
    }
}

// The LSTM's inputs: a layer of the tensor's own inputs, to which is added what is largest of another layer over all tensors; then h.
extern "C" __global__ void velo_mix(float* lanes, long long stride, const Now* nows, Places at, Recurrent r) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const float* theta = memory + at.theta;
    for (int j = first_item(); j < r.units; j += all_items()) {
        float largest = 0;
        for (int t = 0; t < r.tensors; t++) {
            const float u = output(theta + r.max_layer, memory + r.inputs + t * INPUTS, INPUTS, r.units, j);
            largest = u > largest ? u : largest;
        }
        for (int t = 0; t < r.tensors; t++) {
            float* joined = memory + r.joined + t * 2 * r.units;
            joined[j] = output(theta + r.direct_layer, memory + r.inputs + t * INPUTS, INPUTS, r.units, j) + largest;
            joined[r.units + j] = memory[r.h + t * r.units + j];
        }
    }
}

// The LSTM: a thread makes one unit of four tensors, 8 loads for 16 multiply-adds.
extern "C" __global__ void velo_cells(float* lanes, long long stride, const Now* nows, Places at, Recurrent r) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const float* weights = memory + at.theta + r.gates;
    const float* biases = weights + 8 * r.units * r.units;
    for (int item = first_item(); item < (r.tensors + 3) / 4 * r.units; item += all_items()) {
        const int j = item % r.units;
        const int first = item / r.units * 4;
        const float* rows[4];
        float gates[4][4];
        for (int t = 0; t < 4; t++) {
            rows[t] = memory + r.joined + min(first + t, r.tensors - 1) * 2 * r.units; // beyond the last: computed again, not written
            for (int g = 0; g < 4; g++) {
                gates[t][g] = biases[g * r.units + j];
            }
        }
        for (int s = 0; s < 2 * r.units; s++) {
            for (int g = 0; g < 4; g++) {
                const float w = weights[(4 * s + g) * r.units + j];
                for (int t = 0; t < 4; t++) {
                    gates[t][g] = fmaf(rows[t][s], w, gates[t][g]);
                }
            }
        }
        for (int t = 0; t < 4 && first + t < r.tensors; t++) {
            const int i = (first + t) * r.units + j;
            cell(gates[t][0], gates[t][1], gates[t][2], gates[t][3], memory[r.h + i], memory[r.c + i]);
        }
    }
}

// How much of each network a tensor gets, and the factor on its step size.
extern "C" __global__ void velo_heads(float* lanes, long long stride, const Now* nows, Places at, Recurrent r) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const float* theta = memory + at.theta;
    for (int i = first_item(); i < r.tensors * (r.basis + 1); i += all_items()) {
        const int t = i / (r.basis + 1);
        const int o = i % (r.basis + 1);
        const float* h = memory + r.h + t * r.units;
        if (o < r.basis) {
            memory[r.controls + t * r.basis + o] = output(theta + r.controls_layer, h, r.units, r.basis, o);
        } else {
            memory[r.sizes + t] *= output(theta + r.step_layer, h, r.units, 1, 0);
        }
    }
}

// Where number i of one network lies among theta's networks, and the distance to the same of the next network.
__device__ inline int of_networks(int i, int basis, int& distance) {
    const int sizes[] = {COLUMNS * HIDDEN, HIDDEN, HIDDEN * HIDDEN, HIDDEN, HIDDEN * WIDTH, WIDTH};
    int part = 0;
    int begin = 0;
    while (i >= sizes[part]) {
        i -= sizes[part];
        begin += basis * sizes[part++];
    }
    distance = sizes[part];
    return begin + i;
}

// Every tensor's network.
extern "C" __global__ void velo_networks(float* lanes, long long stride, const Now* nows, Places at, Recurrent r) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < r.tensors * NETWORK; i += all_items()) {
        const float* controls = memory + r.controls + i / NETWORK * r.basis;
        int distance;
        const float* w = memory + at.theta + r.networks + of_networks(i % NETWORK, r.basis, distance);
        float sum = 0;
        for (int k = 0; k < r.basis; k++) {
            sum = fmaf(controls[k], w[k * distance], sum);
        }
        memory[r.mixed + i] = r.blend * sum;
    }
}
