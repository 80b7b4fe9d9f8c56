package io.evolo.optimizers.designed;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.NewtonSchulz.Iteration;
import io.evolo.tasks.kernels.NewtonSchulz.Quintic;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/**
 * Scion (Pethick et al. 2025, arXiv 2502.07529; {@code LIONS-EPFL/scion}): steps to where a layer's own norm bounds it, a Frank–Wolfe method
 * on the ball of radius ρ, or steepest descent in that norm where it is unconstrained. With D the direction of the norm:
 *
 * <pre>
 * m ← (1 − α)m + αg
 * constrained:    w ← (1 − η)w − ηρ D(m)
 * unconstrained:  w ← w − ηρ D(m)
 * </pre>
 *
 * <p>Norms by what a tensor is: matrices the spectral one, kernels that of {@link Norm#KERNEL}, a matrix of role OUTPUT the largest entry,
 * vectors the root mean square. {@link #with} gives others.
 *
 * <p>Every norm bounds how much a layer's outputs change, at every width: under muP nothing is multiplied but by the inverse of {@code
 * Scaling.forward}, as the norm is that of the weights that the network multiplies by. The published initialisation, on the ball's
 * boundary, is not applied.
 *
 * @param rate η per step
 * @param alpha α; 1: no momentum, and no memory
 * @param unconstrained whether weights are not drawn to 0
 * @param radius ρ of matrices and kernels
 * @param outputRadius ρ of the output matrix
 * @param vectorRadius ρ of vectors
 * @param iterations of Newton–Schulz with Muon's coefficients
 * @param epsilon added to the norm that Newton–Schulz divides by
 */
@RuleName("scion")
public record Scion(
        Schedule rate,
        @Hyper(standard = 0.1, range = Range.FRACTION, meaning = "part of a new gradient in their mean") double alpha,
        @Hyper(standard = 0, meaning = "steepest descent, no ball") boolean unconstrained,
        @Hyper(standard = 50, range = Range.POSITIVE, meaning = "of the ball of matrices and kernels") double radius,
        @Hyper(standard = 3000, range = Range.POSITIVE, meaning = "of the ball of the output matrix") double outputRadius,
        @Hyper(standard = 1, range = Range.POSITIVE, meaning = "of the ball of vectors") double vectorRadius,
        @Hyper(standard = 5, range = Range.FROM_ONE, meaning = "Newton-Schulz iterations") int iterations,
        @Hyper(standard = 1e-7, range = Range.POSITIVE, meaning = "added to a matrix's norm") double epsilon)
        implements Optimizer {
    private static final double LEAST = 1e-8;

    /** The norm that bounds a tensor, and so the direction D of x; matrices are [in, out]. */
    public enum Norm {
        /** The largest singular value: D = √(out/in)·polar factor; unnormalised √out, {@code larger}: at least 1. */
        SPECTRAL,
        /** That of a kernel [taps…, in, out] as a matrix [taps·in, out]: D = √(out/in)/taps·polar factor. */
        KERNEL,
        /** The largest entry: D = sign(x)/in; unnormalised sign(x). */
        SIGN,
        /** The longest row, what one input gives: D = √out·row/‖row‖, normalised over in. */
        COLUMN,
        /** The root mean square: D = x/rms(x). */
        ROOT_MEAN_SQUARE
    }

    /**
     * The ball of one tensor.
     *
     * @param normalized whether the norm is that of what inputs of root mean square 1 become
     * @param larger whether a spectral factor is at least 1
     * @param transposed whether rows and columns change their parts, for embeddings
     * @param iterations of Newton–Schulz
     */
    public record Ball(Norm norm, double radius, boolean normalized, boolean larger, boolean transposed, int iterations) {}

    public Scion {
        Description.of(Scion.class).require(alpha, radius, outputRadius, vectorRadius, iterations, epsilon);
        if (alpha == 0) {
            throw new IllegalArgumentException("scion: alpha is 0, which follows no gradient; expected a number in (0, 1]");
        }
    }

    /** This rule with other balls, one per tensor. */
    public Optimizer with(List<Ball> balls) {
        return new Bounded(this, List.copyOf(balls));
    }

    /** One slot, m; none without momentum. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return init(layout, horizon, layout.specs().stream().map(this::ball).toList());
    }

    private Ball ball(ParamSpec spec) {
        int rank = spec.shape().rank();
        if (rank < 2) {
            return new Ball(Norm.ROOT_MEAN_SQUARE, vectorRadius, true, false, false, iterations);
        }
        if (spec.role() == Role.OUTPUT) {
            return new Ball(Norm.SIGN, outputRadius, true, false, false, iterations);
        }
        return new Ball(rank == 2 ? Norm.SPECTRAL : Norm.KERNEL, radius, true, false, false, iterations);
    }

    private OptimizerState init(ParamLayout layout, int horizon, List<Ball> balls) {
        List<Tensor> tensors = new ArrayList<>();
        int largest = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            ParamSpec spec = layout.spec(i);
            Shape shape = spec.shape();
            int out = shape.rank() == 0 ? 1 : shape.axis(shape.rank() - 1);
            int in = shape.rank() < 3 ? shape.size() / out : shape.axis(shape.rank() - 2);
            Ball ball = balls.get(i);
            boolean orthogonal = ball.norm == Norm.SPECTRAL || ball.norm == Norm.KERNEL;
            List<NewtonSchulz> polar = orthogonal ? List.of(kernel(shape.size() / out, out, ball.iterations)) : List.of();
            tensors.add(new Tensor(layout.offset(i), shape.size(), in, out, ball, 1 / spec.scaling().forward(), polar));
            largest = Math.max(largest, shape.size());
        }
        float[][] slots = alpha == 1 ? new float[0][] : new float[][] {new float[layout.size()]};
        OptimizerState state = new OptimizerState(layout, horizon, slots, new float[largest], new Plan(List.copyOf(tensors)));
        return alpha == 1 ? state : state.holding(0, OptimizerState.Content.MOMENTUM);
    }

    private NewtonSchulz kernel(int in, int out, int times) {
        var steps = Iteration.repeated(new Quintic(3.4445f, -4.775f, 2.0315f), times, (float) epsilon);
        return new NewtonSchulz(Twin.selected(), steps, in, out);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        Plan plan = state.plan(Plan.class);
        double eta = rate.rate(state.t(), state.horizon());
        float keep = unconstrained ? 1 : (float) (1 - eta);
        float[] x = state.scratch();
        float[] w = step.params();
        for (int i = 0; i < plan.tensors.size(); i++) {
            Tensor tensor = plan.tensors.get(i);
            average(state, step, tensor);
            tensor.direct(x);
            float by = (float) (eta * tensor.ball.radius * tensor.mup);
            for (int j = 0; j < tensor.size; j++) {
                w[tensor.begin + j] = keep * w[tensor.begin + j] - by * x[j];
            }
        }
        state.advance();
    }

    /** Updates m and copies it to the scratch, or copies the gradient. */
    private void average(OptimizerState state, Step step, Tensor tensor) {
        if (alpha == 1) {
            System.arraycopy(step.gradient(), tensor.begin, state.scratch(), 0, tensor.size);
            return;
        }
        float[] m = state.slot(0);
        float[] g = step.gradient();
        float fresh = (float) alpha;
        float old = (float) (1 - alpha);
        for (int i = tensor.begin; i < tensor.begin + tensor.size; i++) {
            m[i] = old * m[i] + fresh * g[i];
        }
        System.arraycopy(m, tensor.begin, state.scratch(), 0, tensor.size);
    }

    /** The rule with given balls. */
    private record Bounded(Scion rule, List<Ball> balls) implements Optimizer {
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return rule.init(layout, horizon, balls);
        }

        @Override
        public void step(OptimizerState state, Step step) {
            rule.step(state, step);
        }
    }

    /**
     * One tensor.
     *
     * @param in of a kernel: its inputs, without taps
     * @param mup what muP multiplies its direction by
     * @param polar what orthogonalises it, if anything does
     */
    private record Tensor(int begin, int size, int in, int out, Ball ball, double mup, List<NewtonSchulz> polar) {

        /** Replaces x, from 0 on, by D(x). */
        void direct(float[] x) {
            switch (ball.norm) {
                case SPECTRAL -> {
                    polar.getFirst().apply(x, 0);
                    double factor = ball.normalized ? Math.sqrt((double) out / in) : Math.sqrt(out);
                    scale(x, 0, size, ball.larger ? Math.max(1, factor) : factor);
                }
                case KERNEL -> {
                    polar.getFirst().apply(x, 0);
                    scale(x, 0, size, Math.sqrt((double) out / in) * in * out / size);
                }
                case SIGN -> sign(x);
                case COLUMN -> columns(x);
                case ROOT_MEAN_SQUARE -> scale(x, 0, size, 1 / (Norms.rms(x, 0, size) + LEAST));
            }
        }

        private void sign(float[] x) {
            float entry = ball.normalized ? 1f / in : 1;
            for (int i = 0; i < size; i++) {
                x[i] = entry * Math.signum(x[i]);
            }
        }

        /** What every input gives, a row here, or where the parts are changed what every output receives. */
        private void columns(float[] x) {
            int lines = ball.transposed ? out : in;
            int length = ball.transposed ? in : out;
            double factor = (ball.normalized ? lines : 1) / Math.sqrt(length);
            int between = ball.transposed ? 1 : out;
            int stride = ball.transposed ? out : 1;
            for (int line = 0; line < lines; line++) {
                double squares = 0;
                for (int i = 0; i < length; i++) {
                    double value = x[line * between + i * stride];
                    squares += value * value;
                }
                double norm = Math.sqrt(squares) * factor + LEAST;
                for (int i = 0; i < length; i++) {
                    x[line * between + i * stride] /= (float) norm;
                }
            }
        }

        private static void scale(float[] x, int begin, int end, double factor) {
            for (int i = begin; i < end; i++) {
                x[i] *= (float) factor;
            }
        }
    }

    /** Memory of one state. */
    private record Plan(List<Tensor> tensors) {}
}
