package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.NetworkOptimizee;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.nn.LayerListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The coordinate check: how far the first steps of training move the pre-activations of every layer, at several widths. Under muP that
 * does not depend on the width, whatever the layer; a slope in the log–log plot is an error in a role, a multiplier or an update rule.
 *
 * <p>Measured is the root mean square, over units and the examples of one fixed batch, of the difference to the values at the start;
 * averaged over seeds as a geometric mean. Narrow networks, whose units average little, are tried with more initial values. Source: Yang et al. 2022 (Tensor Programs V), appendix D.1, where the size of the values
 * themselves is plotted; their change tells the same without what the initial values add to it.
 *
 * @param tasks the task at a width
 * @param widths ascending, at least two
 * @param steps after how many steps to measure, ascending, each at least 1
 * @param seeds networks at the largest width, at least 1; a width that is k times smaller has k times as many initial values on the same
 *     batches, at most {@link #MOST} times as many
 * @param horizon planned number of steps, which schedules and some learned rules depend on
 * @param seed names initial values and batches
 */
public record CoordinateCheck(
        IntFunction<NetworkTask> tasks, List<Integer> widths, List<Integer> steps, int seeds, int horizon, long seed) {

    /** Seeds of the smallest width for one of the largest. */
    private static final int MOST = 16;

    public CoordinateCheck {
        widths = List.copyOf(widths);
        steps = List.copyOf(steps);
        Checks.that(widths.size() >= 2 && ascending(widths), "widths", widths, "at least two, ascending, each at least 1");
        Checks.that(!steps.isEmpty() && ascending(steps), "steps", steps, "at least one, ascending, each at least 1");
        Checks.that(seeds >= 1, "seeds", seeds, "at least 1");
        Checks.that(horizon >= steps.getLast(), "horizon", horizon, "at least the last step, " + steps.getLast());
    }

    private static boolean ascending(List<Integer> values) {
        return values.getFirst() >= 1
                && IntStream.range(1, values.size()).allMatch(i -> values.get(i) > values.get(i - 1));
    }

    /** The number of training runs that {@link #run} makes. */
    public int trials() {
        return runs().size();
    }

    /** The widest first, so that no thread is left with one at the end. */
    private List<Run> runs() {
        return widths.reversed().stream()
                .flatMap(width -> IntStream.range(0, seedsAt(width)).mapToObj(index -> new Run(width, index)))
                .toList();
    }

    private int seedsAt(int width) {
        return seeds * Math.min(MOST, widths.getLast() / width);
    }

    /** Measures one rule. The result does not depend on the number of workers. */
    public Result run(Optimizer rule, Workers workers, Runnable progress) {
        List<Map<String, double[]>> found = workers.map(runs(), run -> {
            Map<String, double[]> changes = trial(run, rule);
            progress.run();
            return changes;
        });
        List<Curve> curves = new ArrayList<>();
        for (String layer : found.getFirst().keySet()) {
            for (int s = 0; s < steps.size(); s++) {
                curves.add(curve(layer, s, found));
            }
        }
        return new Result(widths, curves);
    }

    private Curve curve(String layer, int s, List<Map<String, double[]>> found) {
        List<Double> means = new ArrayList<>();
        int end = found.size();
        for (int width : widths) {
            int begin = end - seedsAt(width);
            double logs = 0;
            for (Map<String, double[]> changes : found.subList(begin, end)) {
                logs += StrictMath.log(changes.get(layer)[s]) / (end - begin);
            }
            means.add(StrictMath.exp(logs));
            end = begin;
        }
        return new Curve(layer, steps.get(s), widths, means);
    }

    /** One network's training. */
    private record Run(int width, int index) {}

    /** For every layer, in the order of the network, the change after each of the steps. */
    private Map<String, double[]> trial(Run run, Optimizer rule) {
        NetworkTask task = tasks.apply(run.width);
        int index = run.index;
        int examples = index % seeds; // the same at every width, or their differences would count as the width's
        Footprint.ofTraining(task, rule).require();
        NetworkOptimizee optimizee = task.open();
        Lane lane = new Lane(optimizee, task.normalizer(), Double.MAX_VALUE, rule.init(task.layout(), horizon));
        lane.init(Rng.of(seed, "coordinate-check-init", index));
        BatchKey batches = BatchKey.of(Split.TRAIN, seed, "coordinate-check-batches", examples);
        BatchKey probe = BatchKey.of(Split.TRAIN, seed, "coordinate-check-probe", examples);
        Changes changes = new Changes(steps.size());
        optimizee.loss(lane.params(), probe, 0, changes::start);
        int done = 0;
        for (int s = 0; s < steps.size(); s++) {
            for (; done < steps.get(s); done++) {
                lane.innerStep(rule, batches, done);
            }
            int measured = s;
            optimizee.loss(lane.params(), probe, 0, (layer, arena, at, rows, units) -> changes.add(measured, layer, arena, at));
        }
        return changes.byLayer;
    }

    /** Pre-activations at the start, and how far they have moved. */
    private static final class Changes {
        private final int steps;
        private final Map<String, float[]> starts = new LinkedHashMap<>();
        private final Map<String, double[]> byLayer = new LinkedHashMap<>();

        Changes(int steps) {
            this.steps = steps;
        }

        /** A {@link LayerListener}. */
        void start(String layer, float[] arena, int at, int rows, int units) {
            float[] values = new float[rows * units];
            System.arraycopy(arena, at, values, 0, values.length);
            starts.put(layer, values);
            byLayer.put(layer, new double[steps]);
        }

        void add(int step, String layer, float[] arena, int at) {
            float[] start = starts.get(layer);
            double sum = 0;
            for (int i = 0; i < start.length; i++) {
                double change = (double) arena[at + i] - start[i];
                sum += change * change;
            }
            byLayer.get(layer)[step] = Math.sqrt(sum / start.length);
        }
    }

    /**
     * What one rule does.
     *
     * @param curves by layer in the order of the network, then by step
     */
    public record Result(List<Integer> widths, List<Curve> curves) {

        /** Slopes beyond this, up or down, fail. */
        public static final double TOLERANCE = 0.1;

        public Result {
            widths = List.copyOf(widths);
            curves = List.copyOf(curves);
        }

        /** The layers in the order of the network. */
        public List<String> layers() {
            return curves.stream().map(Curve::layer).distinct().toList();
        }

        /** The curves of one layer, by step. */
        public List<Curve> of(String layer) {
            return curves.stream().filter(curve -> curve.layer().equals(layer)).toList();
        }

        /** Of a layer's slopes the one that is farthest from 0; empty where nothing moved yet. */
        public OptionalDouble steepest(String layer) {
            return of(layer).stream()
                    .map(Curve::slope)
                    .flatMapToDouble(OptionalDouble::stream)
                    .reduce((a, b) -> Math.abs(b) > Math.abs(a) || Double.isNaN(b) ? b : a);
        }

        /** Whether every layer has moved by the last step, and no slope passes the tolerance. */
        public boolean passes() {
            return layers().stream().allMatch(this::passes);
        }

        /** Whether the layer has moved by the last step, and none of its slopes passes the tolerance. */
        public boolean passes(String layer) {
            boolean moved = of(layer).getLast().slope().isPresent();
            return moved && Math.abs(steepest(layer).orElse(Double.NaN)) < TOLERANCE;
        }
    }

    /**
     * One layer after one number of steps.
     *
     * @param changes root mean square of the change at every width; 0 where nothing moved; not finite where training diverged
     */
    public record Curve(String layer, int step, List<Integer> widths, List<Double> changes) {

        public Curve {
            changes = List.copyOf(changes);
        }

        /**
         * The slope of log change over log width, by least squares. Empty where some width has not moved: a network whose output
         * weights start at 0 has no gradient behind them in the first step. NaN where some change is not finite.
         */
        public OptionalDouble slope() {
            if (changes.contains(0.0)) {
                return OptionalDouble.empty();
            }
            int n = changes.size();
            double mx = widths.stream().mapToDouble(w -> StrictMath.log(w)).sum() / n;
            double my = changes.stream().mapToDouble(c -> StrictMath.log(c)).sum() / n;
            double covariance = 0;
            double variance = 0;
            for (int i = 0; i < n; i++) {
                double dx = StrictMath.log(widths.get(i)) - mx;
                covariance += dx * (StrictMath.log(changes.get(i)) - my);
                variance += dx * dx;
            }
            double slope = covariance / variance;
            return OptionalDouble.of(Double.isFinite(slope) ? slope : Double.NaN);
        }
    }
}
