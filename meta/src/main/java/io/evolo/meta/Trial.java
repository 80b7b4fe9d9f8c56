package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;

/**
 * How one training run went.
 *
 * @param trainLoss mean loss over the first examples of the training part after the last step, nats; infinite if it diverged
 * @param testLoss the same over the test part
 * @param testAccuracy in [0, 1]; 0 if it diverged
 * @param diverged whether a batch's loss passed the bound or was not finite
 * @param seconds of training, evaluation not included
 */
public record Trial(double trainLoss, double testLoss, double testAccuracy, boolean diverged, double seconds) {

    /** Batch losses above this count as divergence, in nats: forty times chance on ten classes. */
    static final double DIVERGENCE = 100;

    /** What is heard of a running trial: step and raw batch loss before its update. */
    @FunctionalInterface
    public interface Listener {
        void step(int step, double loss);
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
        Lane lane = new Lane(optimizee, task.normalizer(), DIVERGENCE, rule.init(task.layout(), horizon));
        lane.signals().require(rule, task.layout(), "the task '" + task.name() + "'");
        lane.init(Rng.of(seed, purpose + "-init", index));
        BatchKey batches = BatchKey.of(Split.TRAIN, seed, purpose + "-batches", index);
        long start = System.nanoTime();
        for (int k = 0; k < horizon && !lane.frozen(); k++) {
            listener.step(k, lane.innerStep(rule, batches, k));
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        Evaluation train = optimizee.evaluate(lane.params(), Split.TRAIN, examples);
        Evaluation test = optimizee.evaluate(lane.params(), Split.TEST, examples);
        boolean diverged = lane.frozen() || !(train.loss() <= DIVERGENCE);
        return diverged
                ? new Trial(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, true, seconds)
                : new Trial(train.loss(), test.loss(), test.accuracy(), false, seconds);
    }

    /** What a trial is for. */
    public enum Purpose {
        TUNING,
        JUDGING
    }
}
