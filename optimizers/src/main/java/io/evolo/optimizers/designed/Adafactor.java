package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.Arrays;
/**
 * Adafactor (Shazeer and Stern 2018) with the semantics of HuggingFace's and fairseq's implementations. The mean square of a tensor of
 * rank 2 or more is kept as means over its last two axes alone, R and C; axes before those are a batch.
 *
 * <pre>
 * ρ = η;  relative step: ρ = η min(10⁻², 1/√t), with warm-up η min(10⁻⁶ t, 1/√t)
 * α = ρ max(ε₂, rms(w)) with parameter scaling, else ρ
 * β = 1 − t^−decay;  q = g² + ε₁
 * R ← β R + (1 − β) mean over the last axis of q;  C ← β C + (1 − β) mean over the axis before it
 * u = g / √(R/mean(R)) / √C        (rank 0 and 1: V ← β V + (1 − β) q;  u = g/√V)
 * u ← α u / max(1, rms(u)/clip);  with β1 > 0: m ← β1 m + (1 − β1) u, u ← m
 * w ← w − λ α w − u
 * </pre>
 *
 * <p>Deviation: the source chooses the relative step by default, as it has no rate otherwise; here there always is one, which
 * multiplies it. The means over the axis before the last are summed as floats. muP factor {@code Scaling.relative} with parameter
 * scaling, {@code Scaling.adam} without; the decay has the factor of neither.
 *
 * @param rate η per step
 * @param beta1 β1; 0: no m
 * @param decay how β rises
 * @param epsilon1 ε₁
 * @param epsilon2 ε₂
 * @param clip largest rms of u
 * @param weightDecay λ
 * @param scaleParameter whether steps are in proportion to the parameter's rms
 * @param relativeStep whether the rate is multiplied by a schedule of its own
 * @param warmup whether that schedule rises first
 */
@RuleName("adafactor")
public record Adafactor(
        Schedule rate,
        @Hyper(standard = 0, range = Range.DECAY, meaning = "decay of the mean update, 0: none is kept") double beta1,
        @Hyper(standard = 0.8, range = Range.FRACTION, meaning = "the mean square's decay is 1 − t to the power of minus this") double decay,
        @Hyper(standard = 1e-30, range = Range.POSITIVE, meaning = "added to squares") double epsilon1,
        @Hyper(standard = 1e-3, range = Range.NOT_NEGATIVE, meaning = "least root mean square of a parameter that counts") double epsilon2,
        @Hyper(standard = 1, range = Range.BOUND, meaning = "largest root mean square of an update, before the rate") double clip,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the scaled rate") double weightDecay,
        @Hyper(standard = 1, meaning = "whether steps are in proportion to the parameter's size") boolean scaleParameter,
        @Hyper(standard = 0, meaning = "whether the rate is multiplied by min(0.01, 1/sqrt(t))") boolean relativeStep,
        @Hyper(standard = 0, meaning = "whether the relative step is min(1e-6 t, 1/sqrt(t))") boolean warmup)
        implements Optimizer {

    public Adafactor {
        Description.of(Adafactor.class).require(beta1, decay, epsilon1, epsilon2, clip, weightDecay);
    }

    /** Slots: R, C and V of all tensors, then m if β1 is positive. Scratch for the largest tensor and its last axis. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        LastAxes axes = LastAxes.of(layout);
        float[] rows = new float[axes.rows()];
        float[] columns = new float[axes.columns()];
        float[] vectors = new float[axes.vectors()];
        float[][] slots = beta1 > 0
                ? new float[][] {rows, columns, vectors, new float[layout.size()]}
                : new float[][] {rows, columns, vectors};
        OptimizerState state = new OptimizerState(layout, horizon, slots, new float[Elementwise.largest(layout) + axes.widest()], axes);
        return beta1 > 0 ? state.holding(3, OptimizerState.Content.MOMENTUM) : state;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        int t = state.t() + 1;
        double rho = rate.rate(state.t(), state.horizon()) * (relativeStep ? relative(t) : 1);
        double b2 = 1 - Powers.real(t, -decay);
        for (int i = 0; i < layout.tensors(); i++) {
            int begin = layout.offset(i);
            int end = layout.offset(i + 1);
            double alpha = scaleParameter ? rho * Math.max(epsilon2, Norms.rms(step.params(), begin, end)) : rho;
            double scale = scaleParameter ? layout.spec(i).scaling().relative() : layout.spec(i).scaling().adam();
            normalize(state, step.gradient(), i, b2);
            double bounded = Math.max(1, Norms.rms(state.scratch(), 0, end - begin) / clip);
            move(state, step.params(), begin, end, weightDecay * alpha, alpha * scale / bounded);
        }
        state.advance();
    }

    private double relative(int t) {
        return Math.min(warmup ? 1e-6 * t : 1e-2, 1 / Math.sqrt(t));
    }

    /** Writes u before the clip to the start of the scratch. */
    private void normalize(OptimizerState state, float[] g, int tensor, double b2) {
        LastAxes axes = state.plan(LastAxes.class);
        int begin = state.layout().offset(tensor);
        int size = state.layout().offset(tensor + 1) - begin;
        LastAxes.Place place = axes.place(tensor);
        if (!place.factored()) {
            normalize(g, state.slot(2), state.scratch(), begin, size, place.vectorAt(), (float) b2, (float) (1 - b2), (float) epsilon1);
            return;
        }
        int slice = place.height() * place.width();
        for (int s = 0; s < size / slice; s++) {
            averageRows(g, begin + s * slice, place, state.slot(0), place.rowAt() + s * place.height(), b2);
            averageColumns(g, begin + s * slice, place, state.slot(1), place.columnAt() + s * place.width(), state.scratch(), b2);
            divide(state, g, begin + s * slice, s, place);
        }
    }

    private static void normalize(
            float[] gradient, float[] v, float[] u, int begin, int size, int at, float old, float fresh, float epsilon) {
        for (int i = 0; i < size; i++) {
            float g = gradient[begin + i];
            float square = old * v[at + i] + fresh * (g * g + epsilon);
            v[at + i] = square;
            u[i] = g / (float) Math.sqrt(square);
        }
    }

    private void averageRows(float[] g, int at, LastAxes.Place place, float[] rows, int rowAt, double b2) {
        for (int r = 0; r < place.height(); r++) {
            int begin = at + r * place.width();
            double mean = Norms.squares(g, begin, begin + place.width()) / place.width() + epsilon1;
            rows[rowAt + r] = bounded(b2 * rows[rowAt + r] + (1 - b2) * mean);
        }
    }

    /** Sums in the last part of the scratch. */
    private void averageColumns(float[] g, int at, LastAxes.Place place, float[] columns, int columnAt, float[] scratch, double b2) {
        int width = place.width();
        int sums = scratch.length - width;
        Arrays.fill(scratch, sums, scratch.length, 0);
        for (int r = 0; r < place.height(); r++) {
            addSquares(g, at + r * width, scratch, sums, width);
        }
        for (int c = 0; c < width; c++) {
            double mean = (double) scratch[sums + c] / place.height() + epsilon1;
            columns[columnAt + c] = bounded(b2 * columns[columnAt + c] + (1 - b2) * mean);
        }
    }

    /** Of squares beyond a float's range, of which quotients are taken, the largest float; what is not a number stays so. */
    static float bounded(double square) {
        return (float) Math.min(Float.MAX_VALUE, square);
    }

    private static void addSquares(float[] g, int at, float[] sums, int sumsAt, int n) {
        for (int c = 0; c < n; c++) {
            sums[sumsAt + c] += g[at + c] * g[at + c];
        }
    }

    /** u = g/√(R/mean(R))/√C for one slice. */
    private static void divide(OptimizerState state, float[] g, int at, int slice, LastAxes.Place place) {
        float[] scratch = state.scratch();
        float[] columns = state.slot(1);
        int width = place.width();
        int rowAt = place.rowAt() + slice * place.height();
        int columnAt = place.columnAt() + slice * width;
        int factors = scratch.length - width;
        for (int c = 0; c < width; c++) {
            scratch[factors + c] = 1 / (float) Math.sqrt(columns[columnAt + c]);
        }
        double mean = Norms.sum(state.slot(0), rowAt, rowAt + place.height()) / place.height();
        for (int r = 0; r < place.height(); r++) {
            float factor = (float) (1 / Math.sqrt(state.slot(0)[rowAt + r] / mean));
            multiply(g, at + r * width, factor, scratch, factors, (slice * place.height() + r) * width, width);
        }
    }

    private static void multiply(float[] g, int at, float factor, float[] scratch, int factors, int outAt, int n) {
        for (int c = 0; c < n; c++) {
            scratch[outAt + c] = g[at + c] * factor * scratch[factors + c];
        }
    }

    private void move(OptimizerState state, float[] w, int begin, int end, double shrink, double factor) {
        float[] u = state.scratch();
        if (beta1 > 0) {
            move(w, state.slot(3), u, begin, end, (float) shrink, (float) beta1, (float) (factor * (1 - beta1)));
        } else {
            Elementwise.subtract(w, begin, end, (float) shrink, (float) factor, u);
        }
    }

    private static void move(float[] w, float[] m, float[] u, int begin, int end, float shrink, float old, float fresh) {
        for (int i = begin; i < end; i++) {
            float mean = old * m[i] + fresh * u[i - begin];
            m[i] = mean;
            w[i] -= shrink * w[i] + mean;
        }
    }
}
