package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trains the held-out problems under a theta. All thetas of a run start from the same parameters and see the same batches, so that
 * their scores differ by what they do alone. Results do not depend on the number of threads.
 */
final class MetaValidation implements AutoCloseable {
    /** A run that diverged counts as one that left ten times the loss that it found. */
    private static final double DIVERGED = StrictMath.log(10);

    private final Validation plan;
    private final LearnedOptimizer rule;
    private final long seed;
    private final List<Task> tasks;
    private final Workers workers;

    MetaValidation(Validation plan, LearnedOptimizer rule, long seed, int threads) {
        this.plan = plan;
        this.rule = rule;
        this.seed = seed;
        this.tasks = IntStream.range(0, plan.problems().size())
                .mapToObj(i -> plan.problems().get(i).task().augmented().sample(Rng.of(seed, "meta-validation-task", i)))
                .toList();
        this.workers = new Workers(threads);
        tasks.forEach(task -> Trial.requireServed(task, rule.bind(rule.initTheta(Rng.of(seed, "theta")))));
    }

    /** @param theta after {@code outerStep} outer steps */
    Validated of(float[] theta, int outerStep) {
        Optimizer optimizer = rule.bind(theta);
        List<Trial> trials = workers.map(
                IntStream.range(0, tasks.size() * plan.seeds()).boxed().toList(), i -> trial(optimizer, i / plan.seeds(), i % plan.seeds()));
        List<Double> problems = IntStream.range(0, tasks.size())
                .mapToObj(problem -> trials.subList(problem * plan.seeds(), (problem + 1) * plan.seeds()).stream()
                        .mapToDouble(this::score)
                        .average()
                        .orElseThrow())
                .toList();
        double mean = problems.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return new Validated(outerStep, mean, problems, (int) trials.stream().filter(Trial::diverged).count());
    }

    private Trial trial(Optimizer optimizer, int problem, int index) {
        int steps = plan.problems().get(problem).steps();
        return Trial.run(
                tasks.get(problem), optimizer, steps, seed, Trial.Purpose.META_VALIDATION, index, plan.examples(), (step, loss) -> {});
    }

    private double score(Trial trial) {
        if (trial.diverged()) {
            return DIVERGED;
        }
        double loss = switch (plan.part()) {
            case OUTER_VALID -> trial.validLoss();
            case TRAIN -> trial.trainLoss();
        };
        double share = loss / trial.initialLoss();
        return StrictMath.log(Math.min(Math.max(share, plan.solved()), 10));
    }

    @Override
    public void close() {
        workers.close();
    }
}
