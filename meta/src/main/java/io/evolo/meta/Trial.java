package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.guard.SafetyRails;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import java.io.Serializable;

/**
 * How one training run went. A run that diverged has infinite losses and accuracy 0, so that it counts as the worst, and stopped where
 * that was seen.
 *
 * @param trainLoss mean loss over the first examples of the training part after the last step, nats
 * @param validLoss the same over the {@link Purpose#validation validation part} of the trial's purpose, for choosing
 * @param testLoss the same over the test part, for reporting
 * @param testAccuracy in [0, 1]
 * @param initialLoss mean loss over the first examples of the same part before the first step, nats
 * @param diverged whether a batch's loss passed {@link #DIVERGENCE} or was not finite, or a check found more than {@link #WORSE} times
 *     the loss before the first step; checks are made at every tenth of the run
 * @param steps inner steps made
 * @param seconds of training, evaluation not included
 * @param updateSeconds what the rule took of them
 * @param stateBytes what the rule remembers between steps; see {@link OptimizerState#bytes}
 */
public record Trial(
        double trainLoss,
        double validLoss,
        double testLoss,
        double testAccuracy,
        double initialLoss,
        boolean diverged,
        int steps,
        double seconds,
        double updateSeconds,
        long stateBytes)
        implements Serializable {

    /** Batch losses above this count as divergence, in nats: forty times chance on ten classes. */
    public static final double DIVERGENCE = 100;

    /**
     * What the training loss at a check may be of the one before the first step. Above 1, because a rate too small to move anything
     * changes a loss by its rounding only, and has not diverged.
     */
    public static final double WORSE = 1.01;

    private static final int CHECKS = 10;
    private static final int CHECK_EXAMPLES = 256;

    /** What is heard of a running trial: step and raw batch loss before its update. */
    @FunctionalInterface
    public interface Listener {
        void step(int step, double loss);

        /** Called once, with the rule's state after its last step. */
        default void end(OptimizerState state) {}
    }

    /**
     * Trains the task with the rule. Initial parameters and batches are functions of seed, purpose and index, so that all rules
     * start alike and see the same.
     *
     * @param horizon inner steps, at least 1
     * @param purpose keeps trials for tuning apart from those for judging
     * @param examples of each part that the final loss is measured on, at least 1
     * @throws IllegalArgumentException if the rule reads what the task does not offer
     */
    public static Trial run(
            Task task, Optimizer rule, int horizon, long seed, Purpose purpose, int index, int examples, Listener listener) {
        Optimizee optimizee = task.open();
        Lane lane = lane(task, optimizee, rule, horizon);
        lane.init(Rng.of(seed, purpose + "-init", index));
        BatchKey batches = BatchKey.of(Split.TRAIN, seed, purpose + "-batches", index);
        double initial = optimizee.evaluate(lane.params(), purpose.validation(), examples).loss();
        double bound = bound(check(optimizee, lane));
        boolean worse = false;
        int steps = 0;
        long nanos = 0;
        for (int tenth = 1; tenth <= CHECKS && !lane.frozen() && (!worse || SafetyRails.recovers(rule)); tenth++) {
            int until = (int) ((long) horizon * tenth / CHECKS);
            long start = System.nanoTime();
            for (; steps < until && !lane.frozen(); steps++) {
                listener.step(steps, lane.innerStep(rule, batches, steps));
            }
            nanos += System.nanoTime() - start;
            worse = !(check(optimizee, lane) <= bound);
        }
        listener.end(lane.optimizerState());
        Cost cost = new Cost(steps, nanos * 1e-9, lane.updateNanos() * 1e-9, lane.optimizerState().bytes());
        return lane.frozen() || worse
                ? diverged(initial, cost)
                : finished(optimizee, lane.evaluationParams(rule), purpose, examples, initial, cost);
    }

    private record Cost(int steps, double seconds, double updateSeconds, long stateBytes) {}

    /**
     * Checks that the task offers what the rule reads.
     *
     * @throws IllegalArgumentException if it does not; the message says what is missing
     */
    public static void requireServed(Task task, Optimizer rule) {
        lane(task, task.open(), rule, 1);
    }

    private static Lane lane(Task task, Optimizee optimizee, Optimizer rule, int horizon) {
        Lane lane = new Lane(optimizee, task.normalizer(), DIVERGENCE, rule.init(task.layout(), horizon));
        lane.signals().require(rule, task.layout(), "the task '" + task.name() + "'");
        return lane;
    }

    /** From losses of 0 and below, as analytic tasks may have, the same distance upwards as from above. */
    private static double bound(double initial) {
        return Math.min(DIVERGENCE, initial + (WORSE - 1) * Math.abs(initial));
    }

    private static double check(Optimizee optimizee, Lane lane) {
        return optimizee.evaluate(lane.params(), Split.TRAIN, CHECK_EXAMPLES).loss();
    }

    private static Trial diverged(double initialLoss, Cost cost) {
        double worst = Double.POSITIVE_INFINITY;
        return new Trial(
                worst, worst, worst, 0, initialLoss, true, cost.steps, cost.seconds, cost.updateSeconds, cost.stateBytes);
    }

    private static Trial finished(
            Optimizee optimizee, float[] judged, Purpose purpose, int examples, double initialLoss, Cost cost) {
        Evaluation train = optimizee.evaluate(judged, Split.TRAIN, examples);
        Evaluation valid = optimizee.evaluate(judged, purpose.validation(), examples);
        Evaluation test = optimizee.evaluate(judged, Split.TEST, examples);
        if (!(train.loss() <= DIVERGENCE) || !Double.isFinite(valid.loss()) || !Double.isFinite(test.loss())) {
            return diverged(initialLoss, cost);
        }
        return new Trial(
                train.loss(),
                valid.loss(),
                test.loss(),
                test.accuracy(),
                initialLoss,
                false,
                cost.steps,
                cost.seconds,
                cost.updateSeconds,
                cost.stateBytes);
    }

    /** What a trial is for; trials of different purposes never share initial parameters or batches. */
    public enum Purpose {
        TUNING(Split.INNER_VALID),
        JUDGING(Split.INNER_VALID),
        /** Choosing between the thetas of a meta-training run. */
        META_VALIDATION(Split.OUTER_VALID);

        private final Split validation;

        Purpose(Split validation) {
            this.validation = validation;
        }

        /** The part that choices of this kind are made on. */
        public Split validation() {
            return validation;
        }
    }
}
