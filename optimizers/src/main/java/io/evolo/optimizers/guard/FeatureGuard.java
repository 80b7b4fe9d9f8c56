package io.evolo.optimizers.guard;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches what a learned rule sees and says where that is far from anything it saw in meta-training. Changes nothing: parameters and
 * state are the rule's, bit for bit. Every tensor is reported once, with its worst feature at the time.
 *
 * <p>Measures every {@link #every}-th step, and the first: one pass over parameters, gradient and accumulators.
 *
 * @param rule what is watched; the learned rule itself, so that its accumulators are those that the statistics are of
 * @param ranges by feature
 * @param limit standard deviations outside of all that was seen, from which a tensor is reported
 * @param every steps between measurements
 * @param listener is told of each finding; must be thread-safe where several trainings share this rule
 */
public record FeatureGuard(
        Optimizer rule, Map<String, FeatureRange> ranges, double limit, int every, Consumer<Finding> listener) implements Around {

    /** Where the guard reports unless told otherwise. */
    private static final Logger LOG = LoggerFactory.getLogger(FeatureGuard.class);

    /** Standard deviations outside of everything seen, from which a tensor is reported. */
    public static final double LIMIT = 6;

    private static final int EVERY = 10;

    /** What the guard keeps beside the rule's own state. */
    private record Plan(OptimizerState inner, List<FeatureRange> ranges, List<String> names, double[] measured) {}

    public FeatureGuard {
        ranges = Map.copyOf(ranges);
        if (!(limit > 0) || every < 1) {
            throw new IllegalArgumentException(
                    "guard: limit " + limit + " every " + every + " steps, expected a positive limit and at least 1");
        }
    }

    /**
     * A guard with the usual limit.
     *
     * @param statistics a package's; not empty
     * @throws IllegalArgumentException if they are empty or not readable
     */
    public static FeatureGuard of(Optimizer rule, Map<String, float[]> statistics, Consumer<Finding> listener) {
        if (statistics.isEmpty()) {
            throw new IllegalArgumentException("the package has no feature statistics, so the guard cannot judge; leave it out");
        }
        Map<String, FeatureRange> ranges = new TreeMap<>();
        statistics.forEach((feature, kept) -> ranges.put(feature, FeatureRange.of(kept)));
        return new FeatureGuard(rule, ranges, LIMIT, EVERY, listener);
    }

    /** A guard that reports as warnings of {@code io.evolo.optimizers.guard.FeatureGuard}. */
    public static FeatureGuard logging(Optimizer rule, Map<String, float[]> statistics) {
        return of(rule, statistics, finding -> LOG.warn(finding.message()));
    }

    /** This guard without the features of accumulators, for a rule whose state is kept in another form than in meta-training. */
    public FeatureGuard withoutAccumulators() {
        Map<String, FeatureRange> others = new TreeMap<>(ranges);
        others.keySet().removeIf(feature -> feature.startsWith(TensorFeatures.ACCUMULATOR));
        return new FeatureGuard(rule, others, limit, every, listener);
    }

    /** The rule's accumulators, and a flag per tensor: whether it has been reported. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        List<String> names = TensorFeatures.names(inner.slots());
        List<FeatureRange> known = names.stream()
                .map(name -> ranges.getOrDefault(name, FeatureRange.UNKNOWN))
                .toList();
        Plan plan = new Plan(inner, known, names, new double[names.size()]);
        return inner.around(layout, new float[][] {new float[layout.tensors()]}, new float[0], plan);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Plan plan = state.plan(Plan.class);
        if (state.t() % every == 0) {
            float[] reported = state.slot(state.slots() - 1);
            for (int tensor = 0; tensor < reported.length; tensor++) {
                if (reported[tensor] == 0) {
                    check(plan, step, tensor, reported);
                }
            }
        }
        rule.step(plan.inner(), step);
    }

    private void check(Plan plan, Step step, int tensor, float[] reported) {
        TensorFeatures.measure(plan.inner(), step, tensor, plan.measured());
        int worst = 0;
        double farthest = 0;
        for (int i = 0; i < plan.measured().length; i++) {
            double distance = plan.ranges().get(i).distance(plan.measured()[i]); // NaN: nothing to say
            if (distance > farthest) {
                worst = i;
                farthest = distance;
            }
        }
        if (farthest >= limit) {
            reported[tensor] = 1;
            String name = plan.inner().layout().spec(tensor).name();
            listener.accept(new Finding(
                    name, plan.names().get(worst), plan.inner().t(), plan.measured()[worst], plan.ranges().get(worst)));
        }
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state.plan(Plan.class).inner();
    }
}
