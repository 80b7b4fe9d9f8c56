package io.evolo.meta.evaluation;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A rule whose updates are looked at while it makes its steps on its own state: how large they are, and where those of Adam, SGD and
 * Muon would have gone from the same parameters by the same gradients. The three see every gradient of the run, so their momenta are
 * those that they would have on this trajectory. Unlike other rules it counts, so it serves one run.
 */
final class UpdateTrace implements Around {
    /** Steps that are looked at, evenly over the run, the first among them. */
    static final int LOOKS = 50;

    /** Adam's rate: the update is compared with Adam's at this one. */
    static final double ADAM_RATE = 1e-3;

    private final Optimizer rule;
    private final List<Shadow> shadows = new ArrayList<>();
    private final List<Look> looks = new ArrayList<>();
    private float[] before = {};
    private int made;

    UpdateTrace(Optimizer rule) {
        this.rule = rule;
    }

    /**
     * What was seen of one step.
     *
     * @param step from 1
     * @param rms root mean square of the update, by tensor
     * @param cosines of the update with those of the {@link Shadow}s, over all parameters
     * @param rate Adam's learning rate at which its update comes nearest to this one: 〈u, a〉/〈a, a〉 times {@link #ADAM_RATE}
     */
    record Look(int step, double[] rms, double[] cosines, double rate) {}

    /** A rule that goes along without a say. */
    private static final class Shadow {
        private final Optimizer rule;
        private final OptimizerState state;
        private final Step step;

        Shadow(String name, Map<String, Double> hyper, double rate, ParamLayout layout, int horizon) {
            this.rule = HandDesigned.of(name, hyper, Schedules.constant(rate));
            this.state = rule.init(layout, horizon);
            this.step = new Step(new float[layout.size()], new float[layout.size()]);
        }

        void follow(Step at) {
            System.arraycopy(at.params(), 0, step.params(), 0, step.params().length);
            System.arraycopy(at.gradient(), 0, step.gradient(), 0, step.gradient().length);
            rule.step(state, step.at(at.loss()));
        }
    }

    /** The names of the rules that go along, in the order of {@link Look#cosines}. */
    static List<String> shadows() {
        return List.of("adam", "sgd", "muon");
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        shadows.add(new Shadow("adam", Map.of(), ADAM_RATE, layout, horizon));
        shadows.add(new Shadow("sgd", Map.of(), 1, layout, horizon));
        shadows.add(new Shadow("muon", Map.of("weight_decay", 0.0), 0.02, layout, horizon));
        before = new float[layout.size()];
        return rule.init(layout, horizon);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        shadows.forEach(shadow -> shadow.follow(step));
        System.arraycopy(step.params(), 0, before, 0, before.length);
        rule.step(state, step);
        made++;
        if (isLooked(made, state.horizon())) {
            looks.add(look(state.layout(), step.params()));
        }
    }

    private static boolean isLooked(int step, int horizon) {
        long points = Math.min(LOOKS, horizon);
        return (step * points + horizon - 1) / horizon > ((step - 1) * points + horizon - 1) / horizon;
    }

    private Look look(ParamLayout layout, float[] after) {
        double[] rms = new double[layout.tensors()];
        for (int i = 0; i < rms.length; i++) {
            double squares = 0;
            for (int e = layout.offset(i); e < layout.offset(i + 1); e++) {
                double u = (double) after[e] - before[e];
                squares += u * u;
            }
            rms[i] = Math.sqrt(squares / (layout.offset(i + 1) - layout.offset(i)));
        }
        double[] cosines = shadows.stream().mapToDouble(shadow -> products(after, shadow.step.params()).cosine()).toArray();
        return new Look(made, rms, cosines, ADAM_RATE * products(after, shadows.getFirst().step.params()).ratio());
    }

    /** Of the rule's update and another's. */
    private Products products(float[] after, float[] others) {
        double own = 0;
        double theirs = 0;
        double mixed = 0;
        for (int e = 0; e < after.length; e++) {
            double u = (double) after[e] - before[e];
            double a = (double) others[e] - before[e];
            own += u * u;
            theirs += a * a;
            mixed += u * a;
        }
        return new Products(own, theirs, mixed);
    }

    private record Products(double own, double theirs, double mixed) {
        double cosine() {
            return mixed / Math.sqrt(own * theirs); // 0/0 is NaN: a rule that stands still has no direction
        }

        double ratio() {
            return mixed / theirs;
        }
    }

    List<Look> looks() {
        return List.copyOf(looks);
    }

    static List<String> layers(ParamLayout layout) {
        return layout.specs().stream().map(ParamSpec::name).toList();
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state;
    }

    @Override
    public Optimizer rule() {
        return rule;
    }
}
