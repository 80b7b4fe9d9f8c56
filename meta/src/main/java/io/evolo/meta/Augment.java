package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.schema.Unless;
import io.evolo.tasks.DoubleRange;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.augment.Delayed;
import io.evolo.tasks.augment.GradientNoise;
import io.evolo.tasks.augment.Normalized;
import io.evolo.tasks.augment.Subspace;

/**
 * What may be made of tasks, each with a probability of its own for every inner problem; see {@link io.evolo.tasks.augment}. VeLO has
 * .2 for batches, .08 for subspaces, .05 for delays.
 *
 * @param gradientNoise added to gradients
 * @param reducedBatch fewer examples in a batch
 * @param subspace only some random directions are trained
 * @param delay gradients arrive late
 * @param loss how losses count in meta-training
 */
public record Augment(
        @Default("{}") Noise gradientNoise,
        @Default("{}") Batch reducedBatch,
        @Default("{}") Directions subspace,
        @Default("{}") Delay delay,
        @Default("{}") Loss loss) {

    /** Leaves all tasks as they are; equal to what a recipe has that says nothing of augmentation. */
    static final Augment NONE = new Augment(
            new Noise(0, new DoubleRange(0.01, 1)),
            new Batch(0, new DoubleRange(0.05, 1)),
            new Directions(0, new IntRange(1, 1024)),
            new Delay(0, new IntRange(1, 8)),
            new Loss(Loss.Scale.OWN, 1, 10));

    /**
     * @param probability in [0, 1]
     * @param std relative to the gradient's root mean square, log-uniform
     */
    public record Noise(@Default("0") double probability, @Unless(key = "probability", is = "0") @Default("[0.01, 1]") DoubleRange std) {
        public Noise {
            check(probability);
            Checks.that(std.low() > 0, "std", std, "positive numbers");
        }
    }

    /**
     * @param probability in [0, 1]
     * @param share of the examples that stay, log-uniform, in (0, 1]
     */
    public record Batch(@Default("0") double probability, @Unless(key = "probability", is = "0") @Default("[0.05, 1]") DoubleRange share) {
        public Batch {
            check(probability);
            Checks.that(share.low() > 0 && share.high() <= 1, "share", share, "numbers in (0, 1]");
        }
    }

    /**
     * @param probability in [0, 1]
     * @param directions log-uniform
     */
    public record Directions(@Default("0") double probability, @Unless(key = "probability", is = "0") @Default("[1, 1024]") IntRange directions) {
        public Directions {
            check(probability);
            Checks.that(directions.low() >= 1, "directions", directions, "at least 1");
        }
    }

    /**
     * @param probability in [0, 1]
     * @param steps uniform
     */
    public record Delay(@Default("0") double probability, @Unless(key = "probability", is = "0") @Default("[1, 8]") IntRange steps) {
        public Delay {
            check(probability);
            Checks.that(steps.low() >= 1, "steps", steps, "at least 1");
        }
    }

    /**
     * How losses count.
     *
     * @param scale OWN: as the family says; LOGARITHM: ln(what the family says/reference) within ±bound
     * @param reference what counts 0
     * @param bound of the logarithm
     */
    public record Loss(
            @Default("own") Scale scale,
            @Unless(key = "scale", is = "own") @Default("1") double reference,
            @Unless(key = "scale", is = "own") @Default("10") double bound) {

        /** How losses count. */
        public enum Scale {
            OWN,
            LOGARITHM
        }

        public Loss {
            Checks.that(reference > 0, "reference", reference, "a positive number");
            Checks.that(bound > 0, "bound", bound, "a positive number");
        }

        private Task of(Task task) {
            return scale == Scale.OWN
                    ? task
                    : new Normalized(task, new Normalized.Logarithm(task.normalizer(), reference, bound));
        }
    }

    private static void check(double probability) {
        Checks.that(probability >= 0 && probability <= 1, "probability", probability, "a number in [0, 1]");
    }

    /** Whether anything may be made of tasks. */
    boolean active() {
        return gradientNoise.probability > 0 || reducedBatch.probability > 0 || subspace.probability > 0 || delay.probability > 0
                || loss.scale != Loss.Scale.OWN;
    }

    /** The family with all of these; re-parametrisation acts on what batches and subspaces have left. */
    TaskFamily of(TaskFamily family, Augmentation reparametrize) {
        TaskFamily inner = rng -> inside(family.sample(rng), rng);
        TaskFamily middle = reparametrize.of(inner);
        return family.drawn(rng -> outside(middle.sample(rng), rng));
    }

    private Task inside(Task task, Rng rng) {
        Task out = happens(reducedBatch.probability, rng) ? task.withShareOfBatch(reducedBatch.share.logUniform(rng)) : task;
        return happens(subspace.probability, rng)
                ? new Subspace(out, subspace.directions.logUniform(rng), rng.nextLong())
                : out;
    }

    private Task outside(Task task, Rng rng) {
        Task out = happens(gradientNoise.probability, rng) ? new GradientNoise(task, gradientNoise.std.logUniform(rng)) : task;
        out = happens(delay.probability, rng) ? new Delayed(out, delay.steps.uniform(rng)) : out;
        return loss.of(out);
    }

    /** Draws nothing where it cannot happen, so that tasks without augmentation stay what they are. */
    private static boolean happens(double probability, Rng rng) {
        return probability > 0 && rng.nextDouble() < probability;
    }
}
