// What gives Celo's tensors their step sizes; see io.evolo.optimizers.learned.Celo, Conductor and TensorLstm.

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

// Takes in the loss, runs the recurrent network, and gives every tensor its step size: before anything of the lane moves. One block for
// each lane.
extern "C" __global__ void celo_conduct(
        float* lanes, long long stride, const Now* nows, Places at, Recurrent r, const Tensor* tensors, int count, const int* clock,
        const float* losses) {
    __shared__ float inputs[COMMON];
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const float* theta = memory + at.theta;
    float* h = memory + r.h;
    float* c = memory + r.c;
    float raw = 0;
    if (r.scheduled) {
        if (now.made == 0) {
            for (int i = threadIdx.x; i < r.units; i += blockDim.x) {
                h[i] = theta[r.initial + i];
                c[i] = theta[r.initial + r.units + i];
            }
        }
        take_loss(now, losses[(long long)*clock * gridDim.x + blockIdx.x], memory + r.losses, inputs);
        __syncthreads();
        float* joined = memory + r.work;
        float* gates = joined + 2 * r.units;
        for (int j = threadIdx.x; j < r.units; j += blockDim.x) {
            const float most = output(theta + r.max_layer, inputs, COMMON, r.units, j);
            joined[j] = output(theta + r.direct_layer, inputs, COMMON, r.units, j) + (most > 0 ? most : 0);
            joined[r.units + j] = h[j];
        }
        __syncthreads();
        for (int j = threadIdx.x; j < 4 * r.units; j += blockDim.x) {
            gates[j] = output(theta + r.gates, joined, 2 * r.units, 4 * r.units, j);
        }
        __syncthreads();
        for (int j = threadIdx.x; j < r.units; j += blockDim.x) {
            cell(gates[j], gates[r.units + j], gates[2 * r.units + j], gates[3 * r.units + j], h[j], c[j]);
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
