// Layers beside the affine ones. Work is shared item by item: a row, a value, a weight or a query is one thread's, which adds in a fixed
// order, so that nothing needs to be atomic.

#define EPSILON 1e-5f

// z ← x + y.
extern "C" __global__ void add(float* lanes, long long stride, const Now* nows, int x, int y, int z, int count) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < count; i += all_items()) {
        memory[z + i] = memory[x + i] + memory[y + i];
    }
}

// y ← [y +] factor·x.
extern "C" __global__ void scale(
        float* lanes, long long stride, const Now* nows, int x, int y, int count, float factor, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < count; i += all_items()) {
        memory[y + i] = adds ? memory[y + i] + factor * memory[x + i] : factor * memory[x + i];
    }
}

// y ← [y +] x·factor where the value stays, else 0: 31 bits of its position, named by step and operation, are not below the bound. Bit
// for bit io.evolo.tasks.kernels.Dropout; forward and backward are the same.
extern "C" __global__ void dropout(
        float* lanes, long long stride, const Now* nows, int x, int y, int count, float factor, int bound, int operation, int adds) {
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const unsigned long long name = bits(now.stream, now.step, -1) + 0x9E3779B97F4A7C15ull * (unsigned long long)(operation + 1);
    const unsigned noise = (unsigned)mix(name);
    for (int i = first_item(); i < count; i += all_items()) {
        unsigned h = noise + (unsigned)i * 0x9e3779b9u;
        h = (h ^ (h >> 16)) * 0x85ebca6bu;
        h = (h ^ (h >> 13)) * 0xc2b2ae35u;
        const float value = (int)((h ^ (h >> 16)) >> 1) >= bound ? memory[x + i] * factor : 0;
        memory[y + i] = adds ? memory[y + i] + value : value;
    }
}

// n ← (x − mean x)/√(variance + ε), y ← n·gain + bias, row by row; inverse keeps the roots.
extern "C" __global__ void layer_norm(
        float* lanes, long long stride, const Now* nows, int x, int gain, int bias, int y, int n, int inverse, int rows, int features) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int row = first_item(); row < rows; row += all_items()) {
        const float* from = memory + x + row * features;
        float* normalized = memory + n + row * features;
        float sum = 0;
        for (int i = 0; i < features; i++) {
            sum += from[i];
        }
        const float mean = sum / features;
        float squares = 0;
        for (int i = 0; i < features; i++) {
            normalized[i] = from[i] - mean;
            squares += normalized[i] * normalized[i];
        }
        const float root = inverse_root(squares / features + EPSILON);
        memory[inverse + row] = root;
        for (int i = 0; i < features; i++) {
            normalized[i] *= root;
            memory[y + row * features + i] = normalized[i] * memory[gain + i] + memory[bias + i];
        }
    }
}

// dgain ← Σ dy·n, dbias ← Σ dy over rows; of layer and of batch normalisation.
extern "C" __global__ void norm_weights(
        float* lanes, long long stride, const Now* nows, int dy, int n, int dgain, int dbias, int rows, int features) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < features; i += all_items()) {
        float gain = 0;
        float bias = 0;
        for (int row = 0; row < rows; row++) {
            const float gradient = memory[dy + row * features + i];
            gain += gradient * memory[n + row * features + i];
            bias += gradient;
        }
        memory[dgain + i] = gain;
        memory[dbias + i] = bias;
    }
}

// dx ← [dx +] (g − mean g − n·mean(g·n))·inverse with g = dy·gain.
extern "C" __global__ void layer_norm_input(
        float* lanes, long long stride, const Now* nows, int gain, int n, int inverse, int dy, int dx, int rows, int features, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int row = first_item(); row < rows; row += all_items()) {
        const float* normalized = memory + n + row * features;
        const float* gradient = memory + dy + row * features;
        float sum = 0;
        float dot = 0;
        for (int i = 0; i < features; i++) {
            const float g = gradient[i] * memory[gain + i];
            sum += g;
            dot += g * normalized[i];
        }
        const float mean = sum / features;
        const float along = dot / features;
        for (int i = 0; i < features; i++) {
            float* to = memory + dx + row * features + i;
            const float part = (gradient[i] * memory[gain + i] - mean - normalized[i] * along) * memory[inverse + row];
            *to = adds ? *to + part : part;
        }
    }
}

// As layer_norm, but down the columns: every feature by the mean and the variance that it has in the batch.
extern "C" __global__ void batch_norm(
        float* lanes, long long stride, const Now* nows, int x, int gain, int bias, int y, int n, int inverse, int rows, int features) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < features; i += all_items()) {
        float sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += memory[x + row * features + i];
        }
        const float mean = sum / rows;
        float squares = 0;
        for (int row = 0; row < rows; row++) {
            const float d = memory[x + row * features + i] - mean;
            squares += d * d;
        }
        const float root = inverse_root(squares / rows + EPSILON);
        memory[inverse + i] = root;
        for (int row = 0; row < rows; row++) {
            const float normalized = (memory[x + row * features + i] - mean) * root;
            memory[n + row * features + i] = normalized;
            memory[y + row * features + i] = normalized * memory[gain + i] + memory[bias + i];
        }
    }
}

// dx ← [dx +] gain·inverse·(dy − mean dy − n·mean(dy·n)); dgain and dbias are the sums, written before.
extern "C" __global__ void batch_norm_input(
        float* lanes, long long stride, const Now* nows, int gain, int n, int inverse, int dgain, int dbias, int dy, int dx, int rows,
        int features, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int at = first_item(); at < rows * features; at += all_items()) {
        const int i = at % features;
        const float mean = memory[dbias + i] / rows;
        const float along = memory[dgain + i] / rows;
        const float part = memory[gain + i] * memory[inverse + i] * (memory[dy + at] - mean - memory[n + at] * along);
        memory[dx + at] = adds ? memory[dx + at] + part : part;
    }
}

// Windows of a text: tokens as integers, and as labels those that follow. One block for each lane.
extern "C" __global__ void gather_tokens(
        float* lanes, long long stride, const Now* nows, const Segment* segments, int most, const int* clock, int token, int label,
        int batch, int positions) {
    const int tick = *clock;
    const Now now = nows[blockIdx.x];
    if (idle(now)) {
        return;
    }
    const Segment* segment = segments + (long long)most * blockIdx.x;
    while (!(segment->begin <= tick && tick < segment->end)) {
        segment++;
    }
    float* memory = lanes + stride * blockIdx.x;
    int* tokens = (int*)(memory + token);
    int* labels = (int*)(memory + label);
    for (int i = threadIdx.x; i < batch * positions; i += blockDim.x) {
        const int begin = example(segment->stream, now.step, i / positions, segment->examples);
        tokens[i] = segment->labels[begin + i % positions];
        labels[i] = segment->labels[begin + i % positions + 1];
    }
}

// y ← the table's rows that tokens name.
extern "C" __global__ void embedding(
        float* lanes, long long stride, const Now* nows, int token, int table, int y, int rows, int features) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int* tokens = (const int*)(memory + token);
    for (int i = first_item(); i < rows * features; i += all_items()) {
        memory[y + i] = memory[table + tokens[i / features] * features + i % features];
    }
}

// dtable ← for every token, the sum of dy over the rows that it stands in.
extern "C" __global__ void embedding_weights(
        float* lanes, long long stride, const Now* nows, int token, int dy, int dtable, int rows, int vocabulary, int features) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int* tokens = (const int*)(memory + token);
    for (int i = first_item(); i < vocabulary * features; i += all_items()) {
        const int id = i / features;
        float sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += tokens[row] == id ? memory[dy + row * features + i % features] : 0;
        }
        memory[dtable + i] = sum;
    }
}

// y ← x + table, for every example.
extern "C" __global__ void positions(
        float* lanes, long long stride, const Now* nows, int x, int table, int y, int batch, int size) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < batch * size; i += all_items()) {
        memory[y + i] = memory[x + i] + memory[table + i % size];
    }
}

// out ← the sum of x over examples [examples, size].
extern "C" __global__ void sum_examples(
        float* lanes, long long stride, const Now* nows, int x, int out, int batch, int size) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < size; i += all_items()) {
        float sum = 0;
        for (int e = 0; e < batch; e++) {
            sum += memory[x + e * size + i];
        }
        memory[out + i] = sum;
    }
}

// y ← the mean of x over rows, for every example: x [examples, rows, features].
extern "C" __global__ void global_average(
        float* lanes, long long stride, const Now* nows, int x, int y, int batch, int rows, int features) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < batch * features; i += all_items()) {
        const int from = x + i / features * rows * features + i % features;
        float sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += memory[from + row * features];
        }
        memory[y + i] = sum / rows;
    }
}

// dx ← [dx +] dy/rows.
extern "C" __global__ void global_average_input(
        float* lanes, long long stride, const Now* nows, int dy, int dx, int batch, int rows, int features, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < batch * rows * features; i += all_items()) {
        const float part = memory[dy + i / (rows * features) * features + i % features] / rows;
        memory[dx + i] = adds ? memory[dx + i] + part : part;
    }
}

// Square windows of images [examples, height, width, channels].
struct Pool {
    int examples;
    int height;
    int width;
    int channels;
    int size;
    int stride;
    int out_height;
    int out_width;
    int largest; // of each window its largest value, or else the mean
};

// One thread for each window and channel. Where a largest value was found goes to origins, for the way back.
extern "C" __global__ void pool(float* lanes, long long stride, const Now* nows, Pool g, int x, int y, int origins) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    int* origin = (int*)(memory + origins);
    for (int i = first_item(); i < g.examples * g.out_height * g.out_width * g.channels; i += all_items()) {
        const int window = i / g.channels;
        const int row = window / g.out_width % g.out_height * g.stride;
        const int col = window % g.out_width * g.stride;
        const int example = window / (g.out_width * g.out_height);
        const int corner = ((example * g.height + row) * g.width + col) * g.channels + i % g.channels;
        int best = corner;
        float sum = 0;
        for (int entry = 0; entry < g.size * g.size; entry++) {
            const int at = corner + (entry / g.size * g.width + entry % g.size) * g.channels;
            best = memory[x + at] > memory[x + best] ? at : best; // NaN, which is never larger, stays where it is first met
            sum += memory[x + at];
        }
        memory[y + i] = g.largest ? memory[x + best] : sum * (1.0f / (g.size * g.size));
        if (g.largest) {
            origin[i] = best;
        }
    }
}

// One thread for each pixel and channel: what the windows that it lies in hand on to it.
extern "C" __global__ void pool_input(
        float* lanes, long long stride, const Now* nows, Pool g, int dy, int dx, int origins, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int* origin = (const int*)(memory + origins);
    for (int i = first_item(); i < g.examples * g.height * g.width * g.channels; i += all_items()) {
        const int pixel = i / g.channels;
        const int row = pixel / g.width % g.height;
        const int col = pixel % g.width;
        const int example = pixel / (g.width * g.height);
        float sum = 0;
        for (int r = max(0, (row - g.size + g.stride) / g.stride); r <= min(row / g.stride, g.out_height - 1); r++) {
            for (int c = max(0, (col - g.size + g.stride) / g.stride); c <= min(col / g.stride, g.out_width - 1); c++) {
                const int window = ((example * g.out_height + r) * g.out_width + c) * g.channels + i % g.channels;
                if (!g.largest) {
                    sum += memory[dy + window] * (1.0f / (g.size * g.size));
                } else if (origin[window] == i) {
                    sum += memory[dy + window];
                }
            }
        }
        memory[dx + i] = adds ? memory[dx + i] + sum : sum;
    }
}

// What an attention layer is: queries, keys and values are [examples, length, heads · size].
struct Heads {
    int examples;
    int length;
    int heads;
    int size;
    int causal;
    float factor;
};

// One thread for each example, head and query: shares [examples, heads, queries, keys] ← softmax(factor·q·k), y ← shares·v.
extern "C" __global__ void attention(
        float* lanes, long long stride, const Now* nows, Heads a, int queries, int keys, int values, int shares, int y) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int width = a.heads * a.size;
    for (int i = first_item(); i < a.examples * a.heads * a.length; i += all_items()) {
        const int position = i % a.length;
        const int slice = i / (a.length * a.heads) * a.length * width + i / a.length % a.heads * a.size;
        const float* q = memory + queries + slice + position * width;
        float* share = memory + shares + i * a.length;
        const int seen = a.causal ? position + 1 : a.length;
        float most = 0;
        for (int k = 0; k < seen; k++) {
            float dot = 0;
            for (int c = 0; c < a.size; c++) {
                dot += a.factor * q[c] * memory[keys + slice + k * width + c];
            }
            share[k] = dot;
            most = k == 0 || dot > most ? dot : most;
        }
        float sum = 0;
        for (int k = 0; k < seen; k++) {
            share[k] = expf(share[k] - most);
            sum += share[k];
        }
        for (int k = 0; k < a.length; k++) {
            share[k] = k < seen ? share[k] / sum : 0;
        }
        for (int c = 0; c < a.size; c++) {
            float value = 0;
            for (int k = 0; k < seen; k++) {
                value += share[k] * memory[values + slice + k * width + c];
            }
            memory[y + slice + position * width + c] = value;
        }
    }
}

// One thread for each example, head and query: the gradients of its products with keys, to slopes, and of the query.
extern "C" __global__ void attention_queries(
        float* lanes, long long stride, const Now* nows, Heads a, int keys, int values, int shares, int slopes, int dy, int dqueries,
        int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int width = a.heads * a.size;
    for (int i = first_item(); i < a.examples * a.heads * a.length; i += all_items()) {
        const int position = i % a.length;
        const int slice = i / (a.length * a.heads) * a.length * width + i / a.length % a.heads * a.size;
        const float* gradient = memory + dy + slice + position * width;
        const float* share = memory + shares + i * a.length;
        float* slope = memory + slopes + i * a.length;
        float mean = 0;
        for (int k = 0; k < a.length; k++) {
            float dot = 0;
            for (int c = 0; c < a.size; c++) {
                dot += gradient[c] * memory[values + slice + k * width + c];
            }
            slope[k] = dot;
            mean += share[k] * dot;
        }
        for (int k = 0; k < a.length; k++) {
            slope[k] = a.factor * share[k] * (slope[k] - mean);
        }
        for (int c = 0; c < a.size; c++) {
            float sum = 0;
            for (int k = 0; k < a.length; k++) {
                sum += slope[k] * memory[keys + slice + k * width + c];
            }
            float* to = memory + dqueries + slice + position * width + c;
            *to = adds ? *to + sum : sum;
        }
    }
}

// One thread for each value of a key: its gradient from slopes, or, with shares and dy in place of slopes and queries, a value's.
extern "C" __global__ void attention_keys(
        float* lanes, long long stride, const Now* nows, Heads a, int slopes, int queries, int dkeys, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int width = a.heads * a.size;
    for (int i = first_item(); i < a.examples * a.length * width; i += all_items()) {
        const int channel = i % width;
        const int key = i / width % a.length;
        const int example = i / (width * a.length);
        const float* slope = memory + slopes + (example * a.heads + channel / a.size) * a.length * a.length + key;
        const float* query = memory + queries + example * a.length * width + channel;
        float sum = 0;
        for (int q = 0; q < a.length; q++) {
            sum += slope[q * a.length] * query[q * width];
        }
        memory[dkeys + i] = adds ? memory[dkeys + i] + sum : sum;
    }
}

// What a convolution is: images [examples, height, width, channels], kernels [kernel, kernel, channels, filters].
struct Conv {
    int examples;
    int height;
    int width;
    int channels;
    int filters;
    int kernel;
    int stride;
    int padding;
    int out_height;
    int out_width;
};

// One thread for each value of the result; bias is -1 where there is none.
extern "C" __global__ void convolution(float* lanes, long long stride, const Now* nows, Conv g, int x, int w, int bias, int y) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < g.examples * g.out_height * g.out_width * g.filters; i += all_items()) {
        const int filter = i % g.filters;
        const int column = i / g.filters % g.out_width * g.stride - g.padding;
        const int line = i / (g.filters * g.out_width) % g.out_height * g.stride - g.padding;
        const int image = i / (g.filters * g.out_width * g.out_height) * g.height * g.width;
        float sum = bias < 0 ? 0 : memory[bias + filter];
        for (int r = 0; r < g.kernel; r++) {
            for (int c = 0; c < g.kernel; c++) {
                if (line + r >= 0 && line + r < g.height && column + c >= 0 && column + c < g.width) {
                    const float* pixel = memory + x + (image + (line + r) * g.width + column + c) * g.channels;
                    const float* weight = memory + w + (r * g.kernel + c) * g.channels * g.filters + filter;
                    for (int k = 0; k < g.channels; k++) {
                        sum = fmaf(pixel[k], weight[k * g.filters], sum);
                    }
                }
            }
        }
        memory[y + i] = sum;
    }
}

// One thread for each weight.
extern "C" __global__ void convolution_weights(float* lanes, long long stride, const Now* nows, Conv g, int x, int dy, int dw) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < g.kernel * g.kernel * g.channels * g.filters; i += all_items()) {
        const int filter = i % g.filters;
        const int channel = i / g.filters % g.channels;
        const int c = i / (g.filters * g.channels) % g.kernel - g.padding;
        const int r = i / (g.filters * g.channels * g.kernel) - g.padding;
        float sum = 0;
        for (int e = 0; e < g.examples; e++) {
            for (int line = 0; line < g.out_height; line++) {
                for (int column = 0; column < g.out_width; column++) {
                    const int from_line = line * g.stride + r;
                    const int from_column = column * g.stride + c;
                    if (from_line >= 0 && from_line < g.height && from_column >= 0 && from_column < g.width) {
                        const float value = memory[x + ((e * g.height + from_line) * g.width + from_column) * g.channels + channel];
                        sum = fmaf(value, memory[dy + ((e * g.out_height + line) * g.out_width + column) * g.filters + filter], sum);
                    }
                }
            }
        }
        memory[dw + i] = sum;
    }
}

// One thread for each value of an image: dx ← [dx +] the sum over all results that it enters.
extern "C" __global__ void convolution_input(
        float* lanes, long long stride, const Now* nows, Conv g, int w, int dy, int dx, int adds) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    for (int i = first_item(); i < g.examples * g.height * g.width * g.channels; i += all_items()) {
        const int channel = i % g.channels;
        const int column = i / g.channels % g.width + g.padding;
        const int line = i / (g.channels * g.width) % g.height + g.padding;
        const int image = i / (g.channels * g.width * g.height) * g.out_height * g.out_width;
        float sum = 0;
        for (int r = line % g.stride; r < g.kernel && r <= line; r += g.stride) {
            for (int c = column % g.stride; c < g.kernel && c <= column; c += g.stride) {
                const int from_line = (line - r) / g.stride;
                const int from_column = (column - c) / g.stride;
                if (from_line < g.out_height && from_column < g.out_width) {
                    const float* gradient = memory + dy + (image + from_line * g.out_width + from_column) * g.filters;
                    const float* weight = memory + w + ((r * g.kernel + c) * g.channels + channel) * g.filters;
                    for (int f = 0; f < g.filters; f++) {
                        sum = fmaf(gradient[f], weight[f], sum);
                    }
                }
            }
        }
        memory[dx + i] = adds ? memory[dx + i] + sum : sum;
    }
}

// Mean of (z − target)² over values [rows, features], and its gradient dz; the target is 1 at the label and 0 elsewhere, or the values at
// target. One block for each lane; losses and freezing as in cross_entropy.
extern "C" __global__ void squared_error(
        float* lanes, long long stride, Now* nows, int z, int label, int target, int one_hot, int dz, int rows, int features,
        const int* clock, float bound, float* losses) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const int* labels = (const int*)(memory + label);
    const int count = rows * features;
    double sum = 0;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        const float wanted = one_hot ? (labels[i / features] == i % features ? 1 : 0) : memory[target + i];
        const float difference = memory[z + i] - wanted;
        sum += (double)difference * difference;
        memory[dz + i] = 2.0f / count * difference;
    }
    const float loss = (float)(block_sum(sum) / count);
    if (threadIdx.x == 0) {
        losses[(long long)*clock * gridDim.x + blockIdx.x] = loss;
        nows[blockIdx.x].frozen = !(loss <= bound);
    }
}
