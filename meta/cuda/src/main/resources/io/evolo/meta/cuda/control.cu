// Which segment a lane is in, and how one begins.

// Ends an inner step of all lanes: the launches of every step are the same, and this tells them apart.
extern "C" __global__ void tick(int* clock) {
    if (threadIdx.x == 0) {
        ++*clock;
    }
}

// The offsets of what begin writes in a lane's memory.
struct Lane {
    int kept;       // parameters and state together lie at 0: this many floats
    int parameters; // how many of them are parameters
    int factors;    // re-parametrisation, or -1
    int theta;
    int thetas;     // size of theta
    int decays;     // of the accumulators: 7 numbers
};

// Base decays of the accumulators: 3 momenta, second moment, 3 factored second moments.
struct BaseDecays {
    double base[7];
    int offsets; // where theta's learned offsets begin, or -1
};

// β = 1 − exp(10·(ln(1 − β0)/10 + δ)) within [0, 1].
__device__ inline float decay(double base, const float* theta, int offset) {
    double beta = offset < 0 ? base : 1 - exp(10 * (log(1 - base) / 10 + theta[offset]));
    return (float)(beta < 0 ? 0 : beta > 1 ? 1 : beta);
}

// One block for each lane, before each inner step. Even lanes run under theta + ε, odd ones under theta − ε. Where a problem opens, its
// initial parameters (and factors, behind them) are taken over and the state is cleared; where truncations share their start, the odd
// lane becomes its even neighbour.
extern "C" __global__ void begin(
        float* lanes, long long stride, Now* nows, const Segment* segments, int most, const int* clock, const float* rates, Lane places,
        BaseDecays decays, const float* theta, const float* noise, const float* initial, int shares) {
    const int lane = blockIdx.x;
    const int tick = *clock;
    float* memory = lanes + stride * lane;
    const Segment* segment = segments + (long long)most * lane;
    int s = 0;
    while (s < most && !(segment[s].begin <= tick && tick < segment[s].end)) {
        s++;
    }
    Now now = nows[lane];
    __syncthreads();
    now.active = s < most;
    if (now.active) {
        segment += s;
        now.step = segment->step + tick - segment->begin;
        now.made = segment->made + tick - segment->begin;
        now.horizon = segment->horizon;
        now.stream = segment->stream;
        now.rate = rates[(long long)tick * gridDim.x + lane];
        now.frozen = tick == segment->begin && segment->initial >= 0 ? 0 : now.frozen;
        if (shares && tick == segment->begin && segment->initial < 0 && lane % 2 == 1) {
            now.frozen = nows[lane - 1].frozen;
        }
    }
    if (threadIdx.x == 0) {
        nows[lane] = now;
    }
    if (!now.active || tick != segment->begin) {
        return;
    }
    const float sign = lane % 2 == 0 ? 1 : -1;
    for (int i = threadIdx.x; i < places.thetas; i += blockDim.x) {
        memory[places.theta + i] = theta[i] + sign * noise[(long long)segment->noise * places.thetas + i];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 7; i += blockDim.x) {
        memory[places.decays + i] = decay(decays.base[i], memory + places.theta, decays.offsets < 0 ? -1 : decays.offsets + i);
    }
    if (segment->initial >= 0) {
        const int row = places.parameters * (places.factors < 0 ? 1 : 2);
        const float* from = initial + (long long)segment->initial * row;
        for (int i = threadIdx.x; i < places.kept; i += blockDim.x) {
            memory[i] = i < places.parameters ? from[i] : 0;
        }
        for (int i = threadIdx.x; i < places.parameters && places.factors >= 0; i += blockDim.x) {
            memory[places.factors + i] = from[places.parameters + i];
        }
    } else if (shares && lane % 2 == 1) {
        for (int i = threadIdx.x; i < places.kept; i += blockDim.x) {
            memory[i] = memory[i - stride];
        }
    }
}
