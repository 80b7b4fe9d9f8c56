package io.evolo.optimizers.learned.element;

import static io.evolo.optimizers.learned.element.Block.L;
import static io.evolo.optimizers.learned.element.Block.S;
import static io.evolo.optimizers.learned.element.Block.SIZE;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;

/**
 * The features of an element. u and a are its {@link Block#STEP} and {@link Block#FRESH}. Those that are standard are the same for −g as
 * for g, so that a rule that reads nothing else takes the opposite step for it.
 */
enum ElementFeature implements Feature.OfElement {
    /** u. */
    STEP(false) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            return step;
        }

        @Override
        public void column(float[] block, int out) {
            copy(block, Block.STEP, out);
        }
    },

    /** a, within ±8. */
    FRESH(false) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            return Math.max(Math.min(fresh, MOST), -MOST);
        }

        @Override
        public void column(float[] block, int out) {
            for (int i = 0; i < SIZE; i += L) {
                FloatVector.fromArray(S, block, Block.FRESH + i).min(MOST).max(-MOST).intoArray(block, out + i);
            }
        }
    },

    /** |u|: how far the mean gradient stands out of the root mean square. */
    STEADINESS(true) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            return Math.abs(step);
        }

        @Override
        public void column(float[] block, int out) {
            for (int i = 0; i < SIZE; i += L) {
                FloatVector.fromArray(S, block, Block.STEP + i).abs().intoArray(block, out + i);
            }
        }
    },

    /** |a|, at most 8: how large this gradient is beside those before it. */
    SURPRISE(true) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            return Math.min(Math.abs(fresh), MOST);
        }

        @Override
        public void column(float[] block, int out) {
            for (int i = 0; i < SIZE; i += L) {
                FloatVector.fromArray(S, block, Block.FRESH + i).abs().min(MOST).intoArray(block, out + i);
            }
        }
    },

    /** ua/(1 + |ua|): whether gradient and momentum agree. */
    AGREEMENT(true) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            float product = step * fresh;
            return product / (1 + Math.abs(product));
        }

        @Override
        public void column(float[] block, int out) {
            for (int i = 0; i < SIZE; i += L) {
                FloatVector product = FloatVector.fromArray(S, block, Block.STEP + i).mul(FloatVector.fromArray(S, block, Block.FRESH + i));
                product.div(product.abs().add(1)).intoArray(block, out + i);
            }
        }
    },

    /** {@link Block#SHARE}. */
    SHARE(true) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            return share;
        }

        @Override
        public void column(float[] block, int out) {
            copy(block, Block.SHARE, out);
        }
    },

    /** {@link Block#ROW}. */
    ROW_SHARE(true) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            return row;
        }

        @Override
        public void column(float[] block, int out) {
            copy(block, Block.ROW, out);
        }
    },

    /** {@link Block#COLUMN}. */
    COLUMN_SHARE(true) {
        @Override
        public float of(float step, float fresh, float share, float row, float column) {
            return column;
        }

        @Override
        public void column(float[] block, int out) {
            copy(block, Block.COLUMN, out);
        }
    };

    private static final float MOST = 8;

    private final boolean standard;

    ElementFeature(boolean standard) {
        this.standard = standard;
    }

    private static void copy(float[] block, int from, int out) {
        System.arraycopy(block, from, block, out, SIZE);
    }

    @Override
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean standard() {
        return standard;
    }
}
