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
import java.util.Locale;
import java.util.Optional;

/**
 * How one training run went. A run that diverged has infinite losses and accuracy 0, so that it counts as the worst, and stopped where
 * that was seen. All losses but those of its batches are at the parameters that the rule is to be judged by
 * ({@link Optimizer#evaluationParams}).
 *
 * @param trainLoss mean loss over the first examples of the training part after the last step, nats
 * @param validLoss the same over the {@link Purpose#validation validation part} of the trial's purpose, for choosing
 * @param testLoss the same over the test part, for reporting
 * @param testAccuracy in [0, 1]; NaN for tasks that have none
 * @param initialLoss mean loss over the first examples of the same part before the first step, nats
 * @param divergence why the run counts as diverged, with the loss and its bound; empty: it has not diverged. One has whose batch's or
 *     final loss is not finite, or whose training loss is more than {@link #FAR} times the one before the first step at two checks in a
 *     row or after the last step; checks are made at every tenth of the run
 * @param steps inner steps made
 * @param seconds of training, evaluation not included
 * @param updateSeconds what the rule took of them
 * @param stateBytes what the rule remembers between steps; see {@link OptimizerState#bytes}
 * @param bestTestLoss what stopping early would have given: the test loss at that check whose validation loss over the first 256
 *     examples is least, nats; NaN where that was not measured
 */
public record Trial(
        double trainLoss,
        double validLoss,
        double testLoss,
        double testAccuracy,
        double initialLoss,
        String divergence,
        int steps,
        double seconds,
        double updateSeconds,
        long stateBytes,
        double bestTestLoss)
        implements Serializable {

    /** How many times the loss before the first step is far above it. */
    public static final double FAR = 10;

    private static final int CHECKS = 10;
    private static final int CHECKS_IN_A_ROW = 2;
    private static final int CHECK_EXAMPLES = 256;

    /** What is heard of a running trial: step and raw batch loss before its update, NaN for one that ends the run. */
    @FunctionalInterface
    public interface Listener {
        void step(int step, double loss);

        /**
         * Called once, after the last step.
         *
         * @param state the rule's
         * @param params those that the network is judged by; a copy
         */
        default void end(OptimizerState state, float[] params) {}
    }

    /** Keeps a running trial, so that another process can go on with it and ends with the same figures but for times. */
    public interface Keeper {
        /** Keeps nothing. */
        Keeper NONE = new Keeper() {
            @Override
            public Optional<SavedTrial> saved() {
                return Optional.empty();
            }

            @Override
            public boolean wants(int steps) {
                return false;
            }

            @Override
            public void keep(SavedTrial trial) {}
        };

        /** Where to go on; empty: at the beginning. */
        Optional<SavedTrial> saved();

        /** Asked before every step but the first one made: whether to keep the trial, which has made so many. */
        boolean wants(int steps);

        /** Keeps it; may throw to end the run there. */
        void keep(SavedTrial trial);
    }

    /** Whether the run counts as diverged. */
    public boolean diverged() {
        return !divergence.isEmpty();
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
        return run(task, rule, horizon, new Seeds(seed, purpose, index), examples, listener, FAR, Keeper.NONE);
    }

    /**
     * The same for its own sake: a run whose losses are finite goes on to its last step, however large they are. Starts as the first
     * trial for judging does.
     *
     * @throws IllegalArgumentException if what the keeper has saved is not of this task and rule
     */
    public static Trial unstopped(Task task, Optimizer rule, int horizon, long seed, int examples, Listener listener, Keeper keeper) {
        return run(task, rule, horizon, new Seeds(seed, Purpose.JUDGING, 0), examples, listener, Double.POSITIVE_INFINITY, keeper);
    }

    private static Trial run(
            Task task, Optimizer punctual, int horizon, Seeds seeds, int examples, Listener listener, double far, Keeper keeper) {
        Footprint.ofTraining(task, punctual).require();
        Optimizee optimizee = task.open();
        Optimizer rule = Late.on(task, punctual);
        Lane lane = lane(task, optimizee, rule, horizon);
        lane.init(Rng.of(seeds.seed, seeds.purpose + "-init", seeds.index));
        BatchKey batches = BatchKey.of(Split.TRAIN, seeds.seed, seeds.purpose + "-batches", seeds.index);
        double initial = optimizee.evaluate(lane.params(), seeds.purpose.validation(), examples).loss();
        Watch watch = new Watch(check(optimizee, lane.evaluationParams(rule)), far);
        Best best = new Best();
        int steps = 0;
        long nanos = 0;
        Optional<SavedTrial> saved = keeper.saved();
        if (saved.isPresent()) {
            SavedTrial there = saved.get();
            lane.restore(there.lane());
            lane.addUpdateNanos(there.updateNanos());
            watch.restore(there.farInARow(), there.lastCheck());
            best.restore(there.bestLoss(), there.best());
            steps = there.steps();
            nanos = there.nanos();
        }
        int begun = steps;
        for (int tenth = 1; tenth <= CHECKS && !lane.frozen() && (!watch.far() || SafetyRails.recovers(rule)); tenth++) {
            int from = steps;
            int until = (int) ((long) horizon * tenth / CHECKS);
            long start = System.nanoTime();
            for (; steps < until && !lane.frozen(); steps++) {
                if (steps > begun && keeper.wants(steps)) {
                    long spent = nanos + System.nanoTime() - start;
                    keeper.keep(new SavedTrial(
                            steps, lane.snapshot(), watch.inARow, watch.last, best.loss, best.params, spent, lane.updateNanos()));
                }
                double loss = lane.innerStep(rule, batches, steps);
                listener.step(steps, lane.frozen() ? Double.NaN : loss);
            }
            nanos += System.nanoTime() - start;
            if (steps > from && !lane.frozen()) {
                float[] judged = lane.evaluationParams(rule);
                watch.see(check(optimizee, judged), steps);
                best.see(judged, optimizee.evaluate(judged, seeds.purpose.validation(), CHECK_EXAMPLES).loss());
            }
        }
        OptimizerState ended = rule instanceof Late late ? late.inside(lane.optimizerState()) : lane.optimizerState();
        listener.end(ended, lane.evaluationParams(rule));
        Cost cost = new Cost(steps, nanos * 1e-9, lane.updateNanos() * 1e-9, lane.optimizerState().bytes());
        if (lane.frozen()) {
            return diverged(initial, "the batch's loss at step " + steps + " is not finite", cost);
        }
        return watch.far()
                ? diverged(initial, watch.reason(), cost)
                : finished(optimizee, lane.evaluationParams(rule), best, seeds.purpose, examples, initial, watch, cost);
    }

    /** What initial parameters and batches are functions of. */
    private record Seeds(long seed, Purpose purpose, int index) {}

    /** Keeps the parameters of the check that is best by the validation loss; the first of equal ones. */
    private static final class Best {
        private double loss = Double.POSITIVE_INFINITY;
        private float[] params = {};

        void see(float[] judged, double validLoss) {
            if (validLoss < loss) {
                loss = validLoss;
                params = judged;
            }
        }

        void restore(double savedLoss, float[] savedParams) {
            loss = savedLoss;
            params = savedParams;
        }

        boolean isThere() {
            return params.length > 0;
        }
    }

    /** Sees how far a training loss is above the one before the first step. */
    private static final class Watch {
        private final double initial;
        private final double bound;
        private int inARow;
        private String last = "";

        /** @param far how many times the initial loss is too much */
        Watch(double initial, double far) {
            this.initial = initial;
            // from losses below 0, as analytic tasks may have, the same distance upwards as from above; an infinite factor: any finite loss
            this.bound = Double.isInfinite(far) ? Double.MAX_VALUE : initial + (far - 1) * Math.abs(initial);
        }

        boolean bears(double loss) {
            return loss <= bound;
        }

        void see(double loss, int step) {
            inARow = bears(loss) ? 0 : inARow + 1;
            last = reason(loss, "step " + step);
        }

        void restore(int savedInARow, String savedLast) {
            inARow = savedInARow;
            last = savedLast;
        }

        boolean far() {
            return inARow >= CHECKS_IN_A_ROW;
        }

        String reason() {
            return last;
        }

        String reason(double loss, String where) {
            return Double.isFinite(loss)
                    ? String.format(
                            Locale.ROOT, "training loss %.6g at %s, above %.6g: far from the %.6g before the first step", loss, where, bound, initial)
                    : "training loss " + loss + " at " + where + " is not finite";
        }
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
        Lane lane = new Lane(optimizee, task.normalizer(), Double.MAX_VALUE, rule.init(task.layout(), horizon));
        lane.signals().require(rule, task.layout(), "the task '" + task.name() + "'");
        return lane;
    }

    private static double check(Optimizee optimizee, float[] judged) {
        return optimizee.evaluate(judged, Split.TRAIN, CHECK_EXAMPLES).loss();
    }

    private static Trial diverged(double initialLoss, String why, Cost cost) {
        double worst = Double.POSITIVE_INFINITY;
        return new Trial(
                worst, worst, worst, 0, initialLoss, why, cost.steps, cost.seconds, cost.updateSeconds, cost.stateBytes, worst);
    }

    private static Trial finished(
            Optimizee optimizee, float[] judged, Best best, Purpose purpose, int examples, double initialLoss, Watch watch, Cost cost) {
        Evaluation train = optimizee.evaluate(judged, Split.TRAIN, examples);
        Evaluation valid = optimizee.evaluate(judged, purpose.validation(), examples);
        Evaluation test = optimizee.evaluate(judged, Split.TEST, examples);
        if (!watch.bears(train.loss())) {
            return diverged(initialLoss, watch.reason(train.loss(), "the end"), cost);
        }
        if (!Double.isFinite(valid.loss()) || !Double.isFinite(test.loss())) {
            return diverged(initialLoss, "held-out losses at the end are not finite", cost);
        }
        double early = best.isThere() ? optimizee.evaluate(best.params, Split.TEST, examples).loss() : test.loss();
        return new Trial(
                train.loss(),
                valid.loss(),
                test.loss(),
                test.accuracy(),
                initialLoss,
                "",
                cost.steps,
                cost.seconds,
                cost.updateSeconds,
                cost.stateBytes,
                early);
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
