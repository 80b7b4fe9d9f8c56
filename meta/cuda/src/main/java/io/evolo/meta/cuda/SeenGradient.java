package io.evolo.meta.cuda;

import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.ParamLayout;
import java.util.List;

/**
 * How a form of a rule sees the gradient: clipped at a global norm, then without what is not finite, then of the size that it has at the
 * base width.
 *
 * @param bound of the norm; ∞: none
 */
record SeenGradient(double bound, boolean finite, boolean level) {
    static SeenGradient of(LearnedOptimizer rule) {
        return switch (rule) {
            case SmallFc smallFc -> new SeenGradient(
                    smallFc.form().clip(), smallFc.form().finiteGradients(), smallFc.form().levelGradients());
            case Celo2 celo2 -> new SeenGradient(Double.POSITIVE_INFINITY, false, celo2.levelGradients());
            default -> new SeenGradient(Double.POSITIVE_INFINITY, false, false);
        };
    }

    private boolean clips() {
        return bound < Double.POSITIVE_INFINITY;
    }

    /** Whether it is another than the gradient. */
    boolean differs() {
        return clips() || finite || level;
    }

    /**
     * The kernels that make it.
     *
     * @param gradient where the gradient lies
     * @param seen where it is to lie
     */
    List<Call> calls(ParamLayout layout, LaneMemory memory, int gradient, int seen) {
        int size = layout.size();
        int parts = clips() ? Norms.parts(size) : 0;
        int norms = memory.take(parts);
        byte[] how = new Struct()
                .doubles(bound)
                .ints(gradient, seen, size, norms, parts, finite ? 1 : 0, layout.tensors(), 0)
                .toBytes();
        Struct levels = new Struct();
        for (int i = 0; i < layout.tensors(); i++) {
            levels.ints(layout.offset(i), layout.spec(i).shape().size()).floats(level ? layout.spec(i).scaling().gradient() : 1);
        }
        Call see = Call.items("see_gradient", size, how, levels.toTable());
        return clips() ? List.of(Norms.call(gradient, size, norms), see) : List.of(see);
    }
}
