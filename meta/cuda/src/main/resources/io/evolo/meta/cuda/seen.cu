// The gradient as some forms of the rules see it; see io.evolo.optimizers.GlobalNormClip and LevelGradients, and small_fc's finite
// gradients. It lies beside the gradient itself, which others look at too.

#define LARGEST 3.4028234663852886e38f

// How a form of a rule sees the gradient.
struct Seen {
    double bound; // of its norm
    int gradient;
    int seen;
    int size;
    int norms;
    int parts; // how many norms there are; 0: it is not clipped
    int finite; // whether NaN counts as 0 and ∞ as the largest number
    int tensors;
};

// By what a tensor's gradient is to be larger.
struct Level {
    int offset;
    int size;
    float factor;
};

extern "C" __global__ void see_gradient(float* lanes, long long stride, const Now* nows, Seen s, const Level* levels) {
    if (idle(nows[blockIdx.x])) {
        return;
    }
    float* memory = lanes + stride * blockIdx.x;
    const double factor = s.bound / (norm_of(memory + s.norms, s.parts) + 1e-6);
    const float clipped = s.parts == 0 || factor >= 1 ? 1 : (float)factor; // NaN of a gradient that is none is for all of it
    for (int t = 0; t < s.tensors; t++) {
        const Level level = levels[t];
        for (int i = level.offset + first_item(); i < level.offset + level.size; i += all_items()) {
            float g = memory[s.gradient + i] * clipped;
            if (s.finite) {
                g = g != g ? 0 : clip(g, LARGEST);
            }
            memory[s.seen + i] = g * level.factor;
        }
    }
}
