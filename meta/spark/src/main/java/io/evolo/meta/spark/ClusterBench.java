package io.evolo.meta.spark;

import io.evolo.checkpoints.Payload;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.schema.Schema;
import io.evolo.tasks.Rng;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an outer step costs beyond its unrolls, and what a second worker brings: {@code ClusterBench MASTER [KEY=VALUE…]}, with Spark's
 * own settings. Run it as docs/benchmarks/cluster.md says.
 */
public final class ClusterBench {
    private static final int WARM_UP = 40;
    private static final int STEPS = 60;
    private static final int LONG_STEPS = 6;

    /** Hidden units of small_fc, which make 197, 1,997, 9,647 and 24,669 meta-parameters. */
    private static final List<Integer> THETAS = List.of(4, 28, 79, 137);

    private static final List<Integer> PARTICLES = List.of(16, 64, 256);

    /** The case that the others are compared with: 1,997 meta-parameters, 64 particles. */
    private static final int THETA = 28;

    private static final int PAIRS = 64;

    private ClusterBench() {}

    /** @param arguments the master, then settings */
    public static void main(String[] arguments) {
        Map<String, String> settings = new TreeMap<>();
        Arrays.stream(arguments).skip(1).map(one -> one.split("=", 2)).forEach(one -> settings.put(one[0], one[1]));
        PrintStream out = System.out;
        try (SparkApplication application = SparkApplication.open(arguments[0], settings)) {
            int cores = application.members().cores();
            out.printf("%s, %d executors with %d cores%n", arguments[0], application.members().executors(), cores);
            out.println("theta particles partitions state KB truncation  step ms  unroll ms  overhead ms (median, quartiles)");
            for (int hidden : THETAS) {
                overhead(application, recipe(hidden, PAIRS, 1), cores, out);
            }
            for (int pairs : PARTICLES) {
                overhead(application, recipe(THETA, pairs, 1), cores, out);
            }
            for (int truncation : List.of(1, 4, 16)) {
                overhead(application, recipe(THETA, PAIRS, truncation), cores, out);
            }
            for (int partitions : List.of(8, 32, 64)) {
                overhead(application, recipe(THETA, PAIRS, 1), partitions, out);
            }
            if (cores > 1) {
                scaling(application, out);
            }
        }
    }

    /** A 2,410-parameter network per particle. */
    private static Recipe recipe(int hidden, int pairs, int truncation) {
        String yaml = """
                name: bench
                rule: {name: small_fc, hyper: {hidden: %d, step_mult: 0.001}}
                tasks:
                  - {data: {side: 8}, width: 32, depth: 1, batch: 16}
                estimation: {pairs: %d, truncation: %d}
                horizon: {min: 1000, max: 1000}
                outer: {steps: 1000, rate: 0.001}
                """
                .formatted(hidden, pairs, truncation);
        return Schema.of(Recipe.class).read(yaml, "bench");
    }

    private static void overhead(SparkApplication application, Recipe recipe, int partitions, PrintStream out) {
        ParticleSpec spec = recipe.particles(recipe.families());
        float[] theta = spec.rule().initTheta(Rng.of(1, "theta"));
        try (SparkExecutor executor = application.particles(recipe, spec, partitions)) {
            double[] steps = new double[STEPS];
            double[] unrolls = new double[STEPS];
            double[] overheads = new double[STEPS];
            for (int i = -WARM_UP; i < STEPS; i++) {
                double millis = millis(executor, theta, i + WARM_UP);
                if (i >= 0) {
                    steps[i] = millis;
                    unrolls[i] = executor.busyNanos() * 1e-6;
                    overheads[i] = millis - unrolls[i];
                }
            }
            int bytes = Payload.bytes(new StatesCodec(), executor.snapshot()).length / spec.particles();
            out.printf(
                    Locale.ROOT,
                    "%5d %9d %10d %8.0f %10d %8.1f %10.1f %12.1f (%.1f to %.1f)%n",
                    theta.length, spec.particles(), executor.partitions(), bytes * 1e-3, spec.estimation().truncation(),
                    quantile(steps, 0.5), quantile(unrolls, 0.5), quantile(overheads, 0.5), quantile(overheads, 0.25),
                    quantile(overheads, 0.75));
        }
    }

    /** One partition, on one worker, against two, on two, and against one thread and two of this process: step by step in turn. */
    private static void scaling(SparkApplication application, PrintStream out) {
        Recipe recipe = recipe(THETA, PAIRS, 1);
        ParticleSpec probe = recipe.particles(recipe.families());
        float[] theta = probe.rule().initTheta(Rng.of(1, "theta"));
        int truncation;
        try (LocalExecutor one = new LocalExecutor(probe, 1)) {
            for (int i = 0; i < WARM_UP; i++) {
                millis(one, theta, i);
            }
            truncation = (int) Math.ceil(4500 / Math.max(1, millis(one, theta, WARM_UP)));
        }
        Recipe longer = recipe(THETA, PAIRS, truncation);
        ParticleSpec spec = longer.particles(longer.families());
        out.println("step ms, truncation " + truncation + ": 1 partition, 2 partitions, ratio; 1 thread, 2 threads, ratio");
        try (LocalExecutor one = new LocalExecutor(spec, 1);
                LocalExecutor two = new LocalExecutor(spec, 2);
                SparkExecutor oneWorker = application.particles(longer, spec, 1);
                SparkExecutor twoWorkers = application.particles(longer, spec, 2)) {
            for (int i = -2; i < LONG_STEPS; i++) {
                double a = millis(oneWorker, theta, i + 2);
                double b = millis(twoWorkers, theta, i + 2);
                double c = millis(one, theta, i + 2);
                double d = millis(two, theta, i + 2);
                if (i >= 0) {
                    out.printf(Locale.ROOT, "%8.0f %8.0f %5.2f %8.0f %8.0f %5.2f%n", a, b, a / b, c, d, c / d);
                }
            }
        }
    }

    private static double millis(ParticleExecutor executor, float[] theta, int outerStep) {
        long started = System.nanoTime();
        executor.advance(theta, outerStep);
        return (System.nanoTime() - started) * 1e-6;
    }

    private static double quantile(double[] values, double q) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(q * (sorted.length - 1))];
    }
}
