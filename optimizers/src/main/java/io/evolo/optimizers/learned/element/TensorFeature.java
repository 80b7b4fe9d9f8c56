package io.evolo.optimizers.learned.element;

import java.util.Locale;

/** The features that all elements of a tensor share; each near [−1, 1] in usual trainings. */
enum TensorFeature implements Feature.OfTensor {
    /** Share of the planned steps that is done, less ½. */
    TIME {
        @Override
        public float of(TensorFacts facts) {
            return (float) ((double) facts.t / facts.horizon - 0.5);
        }
    },

    /** ¼·ln(T/1000). */
    HORIZON {
        @Override
        public float of(TensorFacts facts) {
            return quarterLog(facts.horizon / 1000.0);
        }
    },

    /** The tensor's {@linkplain TensorFacts#place place in depth}. */
    DEPTH {
        @Override
        public float of(TensorFacts facts) {
            return (float) facts.place;
        }
    },

    /** ¼·ln of the number of HIDDEN tensors. */
    LAYERS {
        @Override
        public float of(TensorFacts facts) {
            return quarterLog(facts.layers);
        }
    },

    /** ¼·ln of the width ratio. */
    WIDTH {
        @Override
        public float of(TensorFacts facts) {
            return quarterLog(facts.widthRatio);
        }
    },

    /** ¼·ln(fan-in/64). */
    FAN_IN {
        @Override
        public float of(TensorFacts facts) {
            return quarterLog(facts.fanIn / 64.0);
        }
    },

    /** Whether it is a VECTOR. */
    VECTOR {
        @Override
        public float of(TensorFacts facts) {
            return facts.vector ? 1 : 0;
        }
    },

    /** √signal: the gradient's mean beside its root mean square over time, which a larger batch brings closer to 1. */
    NOISE {
        @Override
        public float of(TensorFacts facts) {
            return (float) Math.sqrt(Math.max(0, facts.signal));
        }
    },

    /** ¼·ln of the parameters' root mean square, of which a step of Adam's is about the rate: the trust ratio. */
    TRUST {
        @Override
        public float of(TensorFacts facts) {
            return quarterLog(facts.weight + 1e-6);
        }
    },

    /** {@link TensorFacts#trend}, within ±2. */
    LOSS_TREND {
        @Override
        public float of(TensorFacts facts) {
            return (float) Math.max(-2, Math.min(2, facts.trend));
        }
    };

    private static float quarterLog(double x) {
        return (float) (0.25 * StrictMath.log(x));
    }

    @Override
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean standard() {
        return true;
    }
}
