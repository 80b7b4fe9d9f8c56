package io.evolo.optimizers.designed;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.Set;

/**
 * ZO-signSGD (Liu et al. 2019): the sign of a gradient that is estimated from losses alone. With directions u_j on the unit sphere of
 * all parameters together, and all losses f on the step's batch:
 *
 * <pre>
 * e_j = [f(w + μu_j) − f(w)] u_j,   or [f(w + μu_j) − f(w − μu_j)] u_j where central
 * w ← w − η sign(Σ_j e_j),          or w − η sign(Σ_j sign(e_j)) by majority
 * </pre>
 *
 * <p>The estimate's factor d/(μq) cancels in the sign. sign(0) = 0. A step costs one forward pass per direction beside the training's
 * own, two where central, and no backward pass; it allocates a stream of random numbers. Directions are functions of seed and step.
 * A tensor's rate is the schedule's times its muP factor {@code Scaling.adam}.
 *
 * @param rate η per step
 * @param radius μ
 * @param directions q, losses per step beside that at w
 * @param central whether differences are central
 * @param majority whether directions vote by sign
 * @param seed names the directions
 */
@RuleName("zo-signsgd")
public record ZoSign(
        Schedule rate,
        @Hyper(standard = 1e-3, range = Range.POSITIVE, meaning = "distance of the other parameters") double radius,
        @Hyper(standard = 10, range = Range.FROM_ONE, meaning = "directions per step") int directions,
        @Hyper(standard = 0, meaning = "central differences, at twice the cost") boolean central,
        @Hyper(standard = 0, meaning = "directions vote by sign") boolean majority,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "of the directions") int seed)
        implements Optimizer {

    public ZoSign {
        Description.of(ZoSign.class).require(radius, directions, seed);
    }

    /** Where directions come from. */
    @FunctionalInterface
    public interface Directions {

        /**
         * Writes one unit vector.
         *
         * @param t completed steps
         * @param index which of the step's vectors, from 0 on
         * @param u overwritten [D]
         */
        void draw(int t, int index, float[] u);
    }

    /** This rule along other directions: recorded ones, or of another distribution. */
    public Optimizer along(Directions others) {
        return new Along(this, others);
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return along(new Sphere(seed)).init(layout, horizon);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        along(new Sphere(seed)).step(state, step);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.LOSS_ELSEWHERE);
    }

    /** Normalised Gaussians. */
    private record Sphere(int seed) implements Directions {
        @Override
        public void draw(int t, int index, float[] u) {
            Rng.of(seed, "zo-directions", t, index).fillGaussian(u, 1);
            float scale = (float) (1 / Norms.norm(u, 0, u.length));
            for (int i = 0; i < u.length; i++) {
                u[i] *= scale;
            }
        }
    }

    /** The rule on given directions. */
    private record Along(ZoSign rule, Directions source) implements Optimizer {

        /** No slots; working memory of three vectors. */
        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            return new OptimizerState(layout, horizon, new float[0][], new float[0], new Plan(layout.size()));
        }

        @Override
        public Set<Need> needs() {
            return rule.needs();
        }

        @Override
        public void step(OptimizerState state, Step step) {
            state.requireFits(step);
            Plan plan = state.plan(Plan.class);
            Arrays.fill(plan.estimate, 0);
            for (int j = 0; j < rule.directions; j++) {
                source.draw(state.t(), j, plan.u);
                add(plan, difference(plan, step));
            }
            move(state, step.params(), plan.estimate);
            state.advance();
        }

        private double difference(Plan plan, Step step) {
            double ahead = lossAt(plan, step, rule.radius);
            return ahead - (rule.central ? lossAt(plan, step, -rule.radius) : step.loss());
        }

        private static double lossAt(Plan plan, Step step, double distance) {
            float[] w = step.params();
            for (int i = 0; i < w.length; i++) {
                plan.other[i] = w[i] + (float) distance * plan.u[i];
            }
            return step.lossAt(plan.other);
        }

        private void add(Plan plan, double difference) {
            float factor = (float) (rule.majority ? Math.signum(difference) : difference);
            for (int i = 0; i < plan.u.length; i++) {
                plan.estimate[i] += factor * (rule.majority ? Math.signum(plan.u[i]) : plan.u[i]);
            }
        }

        private void move(OptimizerState state, float[] w, float[] estimate) {
            double eta = rule.rate.rate(state.t(), state.horizon());
            ParamLayout layout = state.layout();
            for (int tensor = 0; tensor < layout.tensors(); tensor++) {
                float tensorRate = (float) (eta * layout.spec(tensor).scaling().adam());
                for (int i = layout.offset(tensor); i < layout.offset(tensor + 1); i++) {
                    w[i] -= tensorRate * Math.signum(estimate[i]);
                }
            }
        }

        /** Memory of one state. */
        private record Plan(float[] u, float[] other, float[] estimate) {
            Plan(int size) {
                this(new float[size], new float[size], new float[size]);
            }
        }
    }
}
