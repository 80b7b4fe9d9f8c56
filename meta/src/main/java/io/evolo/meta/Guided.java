package io.evolo.meta;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.Arrays;

/**
 * A learned rule whose every step is blended with an expert's from the same parameters, and compared with it; see {@link Imitation}.
 * Its state is the learned rule's with the expert's accumulators behind it. Unlike other rules it counts, so it serves one unroll.
 */
final class Guided implements Around {
    private final Optimizer rule;
    private final Optimizer expert;
    private final float blend;
    private final double[] directions;
    private final double[] magnitudes;
    private int made;

    /**
     * @param blend ω: the expert's share
     * @param steps most steps of the unroll
     */
    Guided(Optimizer rule, Optimizer expert, double blend, int steps) {
        this.rule = rule;
        this.expert = expert;
        this.blend = (float) blend;
        this.directions = new double[steps];
        this.magnitudes = new double[steps];
    }

    private record Plan(OptimizerState learned, OptimizerState expert) {}

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState learned = rule.init(layout, horizon);
        OptimizerState other = expert.init(layout, horizon);
        float[][] more = new float[other.slots()][];
        Arrays.setAll(more, other::slot);
        return learned.around(layout, more, new float[2 * layout.size()], new Plan(learned, other));
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Plan plan = state.plan(Plan.class);
        float[] params = step.params();
        float[] before = state.scratch();
        int size = params.length;
        System.arraycopy(params, 0, before, 0, size);
        plan.expert().setClock(state.t());
        rule.step(plan.learned(), step);
        System.arraycopy(params, 0, before, size, size);
        System.arraycopy(before, 0, params, 0, size);
        expert.step(plan.expert(), step);
        compare(state.layout(), before, params);
        for (int i = 0; i < size; i++) {
            params[i] = blend * params[i] + (1 - blend) * before[size + i];
        }
    }

    private void compare(ParamLayout layout, float[] before, float[] byExpert) {
        boolean matrices = layout.specs().stream().anyMatch(spec -> spec.shape().rank() >= 2);
        double dot = 0;
        double ofExpert = 0;
        double ofLearned = 0;
        double apart = 0;
        int count = 0;
        for (int tensor = 0; tensor < layout.tensors(); tensor++) {
            if (matrices && layout.spec(tensor).shape().rank() < 2) {
                continue;
            }
            for (int i = layout.offset(tensor); i < layout.offset(tensor + 1); i++, count++) {
                double e = (double) byExpert[i] - before[i];
                double l = (double) before[byExpert.length + i] - before[i];
                dot += e * l;
                ofExpert += e * e;
                ofLearned += l * l;
                apart += Math.abs(Math.abs(e) - Math.abs(l));
            }
        }
        double lengths = Math.sqrt(ofExpert) * Math.sqrt(ofLearned);
        directions[made] = lengths > 0 ? 1 - dot / lengths : 1;
        magnitudes[made] = apart / count;
        made++;
    }

    /** Steps made; fewer than planned if the lane diverged. */
    int made() {
        return made;
    }

    /** c of a step; 2, the worst, of one that was not made, or that was no number. */
    double direction(int at) {
        return at < made && Double.isFinite(directions[at]) ? directions[at] : 2;
    }

    /** a of a step that was made; may be no number. */
    double magnitude(int at) {
        return magnitudes[at];
    }

    @Override
    public Optimizer rule() {
        return rule;
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state.plan(Plan.class).learned();
    }
}
