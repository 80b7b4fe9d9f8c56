// What a device can do at most: bytes moved, and multiply-adds of registers.

extern "C" __global__ void copy(const float4* from, float4* to, long long count) {
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (long long)gridDim.x * blockDim.x) {
        to[i] = from[i];
    }
}

// Eight chains, so that the latency of one is hidden; the result is written so that nothing can be left out.
extern "C" __global__ void multiply_add(float* out, int times, float a, float b) {
    float x[8];
    for (int i = 0; i < 8; i++) {
        x[i] = threadIdx.x + i;
    }
    for (int time = 0; time < times; time++) {
#pragma unroll
        for (int i = 0; i < 8; i++) {
            x[i] = fmaf(x[i], a, b);
        }
    }
    float sum = 0;
    for (int i = 0; i < 8; i++) {
        sum += x[i];
    }
    out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}
