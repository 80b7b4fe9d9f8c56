// What tensor cores can do at most: eight chains of products in every warp. Counts 2·16·8·16 operations for each 16 inputs.
extern "C" __global__ void tensor_multiply_add(float* out, int times) {
    Rows rows;
    unsigned weights[PRODUCTS][LANES][2];
    float sums[8][LANES][4] = {};
    for (int slot = 0; slot < LANES; slot++) {
        const float x[8] = {1, 2, 3, 4, 5, 6, 7, 8};
        set(rows, slot, x);
        const Four four_weights = four(0.1f, 0.2f, 0.3f, 0.4f);
        for (int i = 0; i < 2 * PRODUCTS; i++) {
            weights[i / 2][slot][i % 2] = four_weights.word[i];
        }
    }
    for (int time = 0; time < times; time++) {
#pragma unroll
        for (int i = 0; i < 8; i++) {
            for (int p = 0; p < PRODUCTS; p++) {
                add_product(sums[i], rows.word[p], weights[p]);
            }
        }
    }
    float sum = 0;
    for (int i = 0; i < 8; i++) {
        for (int slot = 0; slot < LANES; slot++) {
            sum += sums[i][slot][0] + sums[i][slot][1] + sums[i][slot][2] + sums[i][slot][3];
        }
    }
    out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}
