package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule whose hidden matrices keep the norm that they begin with (arXiv 2606.16899; modded-nanogpt's MuonH, AdamH, SOAP-H). With u the
 * direction in which the rule would move a matrix from 0 and R = ‖w₀‖:
 *
 * <pre>
 * w ← w − η R u/‖u‖;  w ← R w/‖w‖
 * </pre>
 *
 * <p>So η is the angle of a step, as a tangent, and weight decay, trust ratios and the like do nothing to these matrices. R is kept: the
 * reference reads the norm anew at each step. A matrix without gradient stays. Tensors that are no hidden matrices (role HIDDEN, two axes
 * or more) make the rule's own steps, times {@code others}. Under muP η is the same at every width, as the authors found it to carry over;
 * with {@code coherent} it is multiplied by {@code Scaling.relative}, for steps whose entries agree with each other, as Adam's may.
 *
 * @param rule keeps no copies of parameters
 * @param rate η per step
 * @param others factor on the steps of other tensors
 * @param coherent see above
 */
@RuleName("hyperball")
public record Hyperball(
        Optimizer rule,
        Schedule rate,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "factor on the steps of what is no hidden matrix") double others,
        @Hyper(standard = 0, meaning = "whether the angle falls with the width") boolean coherent)
        implements Around {

    public Hyperball {
        Description.of(Hyperball.class).require(others);
    }

    /** Around the rule's state, with one more slot: R of every tensor, 0 of other tensors. Scratch for a copy of the parameters. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = Around.movable("hyperball", rule.init(layout, horizon));
        for (int i = 0; i < inner.slots(); i++) {
            if (inner.content(i) == OptimizerState.Content.COPY) {
                throw new IllegalArgumentException("hyperball: the rule inside measures how far it has come (accumulator " + i
                        + "), but matrices would seem to it to stay at 0; take a rule that does not");
            }
        }
        return inner.around(layout, new float[1][layout.tensors()], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        float[] w = step.params();
        float[] radii = state.slot(state.slots() - 1);
        if (state.t() == 0) {
            measure(layout, w, radii);
        }
        double eta = rate.rate(state.t(), state.horizon());
        System.arraycopy(w, 0, state.scratch(), 0, w.length);
        for (int i = 0; i < layout.tensors(); i++) {
            if (radii[i] > 0) {
                Elementwise.scale(w, layout.offset(i), layout.offset(i + 1), 0);
            }
        }
        rule.step(state.plan(OptimizerState.class), step);
        for (int i = 0; i < layout.tensors(); i++) {
            if (radii[i] > 0) {
                double angle = eta * (coherent ? layout.spec(i).scaling().relative() : 1);
                turn(w, state.scratch(), layout.offset(i), layout.offset(i + 1), radii[i], angle);
            } else if (others != 1) {
                multiply(w, state.scratch(), layout.offset(i), layout.offset(i + 1), (float) others);
            }
        }
    }

    private static void measure(ParamLayout layout, float[] w, float[] radii) {
        for (int i = 0; i < layout.tensors(); i++) {
            if (HiddenMatrices.isMatrix(layout.spec(i))) {
                radii[i] = (float) Norms.norm(w, layout.offset(i), layout.offset(i + 1));
                if (radii[i] == 0) {
                    throw new IllegalArgumentException("hyperball: matrix '" + layout.spec(i).name()
                            + "' is 0 at the start, and would stay so, as matrices keep their norm; give it other initial values");
                }
            }
        }
    }

    /** @param w the rule's step from 0; becomes the parameters */
    private static void turn(float[] w, float[] before, int begin, int end, float radius, double angle) {
        double length = Norms.norm(w, begin, end);
        if (length == 0) {
            System.arraycopy(before, begin, w, begin, end - begin);
            return;
        }
        multiply(w, before, begin, end, angle * radius / length);
        Elementwise.scale(w, begin, end, (float) (radius / Norms.norm(w, begin, end)));
    }

    /** w ← before + factor·w. */
    private static void multiply(float[] w, float[] before, int begin, int end, double factor) {
        for (int i = begin; i < end; i++) {
            w[i] = (float) (before[i] + factor * w[i]);
        }
    }

    /** w ← before + factor·(w − before). */
    private static void multiply(float[] w, float[] before, int begin, int end, float factor) {
        for (int i = begin; i < end; i++) {
            w[i] = before[i] + factor * (w[i] - before[i]);
        }
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        List<String> remarks = new ArrayList<>(rule.remarks(layout));
        List<String> matrices = layout.specs().stream().filter(HiddenMatrices::isMatrix).map(ParamSpec::name).toList();
        remarks.add(matrices.isEmpty()
                ? "hyperball: there is no matrix between hidden units, so it changes nothing"
                : "hyperball: " + String.join(", ", matrices) + " keep their norm and do not decay");
        return remarks;
    }
}
