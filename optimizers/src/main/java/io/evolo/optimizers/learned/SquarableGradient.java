package io.evolo.optimizers.learned;

import io.evolo.optimizers.GradientChange;
import io.evolo.optimizers.Norms;
import io.evolo.tasks.ParamLayout;

/**
 * Shortens a tensor's gradient, in its own direction, where floats cannot hold the products and mean squares of second moments that
 * rules with such features take: to Σ g⁴ = 2¹²⁷ where it is above. Decaying means of the squares stay below that as well, whatever came before.
 * Gradients below it are left as they are, and those that are no numbers remain so. Not published: the published code makes NaN of them.
 */
record SquarableGradient() implements GradientChange {
    private static final double MOST = 0x1p127;
    /** Of Σ g²: Σ g⁴ is no more than its square. */
    private static final double SURELY_BELOW = 0x1p63;

    @Override
    public boolean concerns(ParamLayout layout) {
        return true;
    }

    /** False for most gradients; true where a closer look is worth while. */
    @Override
    public boolean changes(ParamLayout layout, float[] gradient) {
        return !(Norms.squares(gradient, 0, gradient.length) <= SURELY_BELOW);
    }

    @Override
    public void change(ParamLayout layout, float[] gradient) {
        for (int i = 0; i < layout.tensors(); i++) {
            shorten(gradient, layout.offset(i), layout.offset(i + 1));
        }
    }

    private static void shorten(float[] g, int begin, int end) {
        double fourth = 0;
        for (int i = begin; i < end; i++) {
            double square = (double) g[i] * g[i];
            fourth += square * square;
        }
        if (fourth > MOST) {
            double factor = StrictMath.pow(MOST / fourth, 0.25);
            for (int i = begin; i < end; i++) {
                g[i] = (float) (factor * g[i]);
            }
        }
    }
}
