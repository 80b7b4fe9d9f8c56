package io.evolo.meta;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.NetworkOptimizee;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.Teacher;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.families.Regressor;
import io.evolo.tasks.kernels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures this machine's {@link StepTime} by a few networks, once: the result is kept in the user's cache folder
 * ({@code $XDG_CACHE_HOME/evolo} or {@code ~/.cache/evolo}), in a file whose name tells machine, JDK and kernels apart. Delete the file
 * to measure anew. Takes about two seconds.
 */
public final class StepTimes {
    private static final long NANOS_PER_NETWORK = 250_000_000L;
    private static final int LEAST_STEPS = 30;

    private StepTimes() {}

    /** Of this machine, from the cache or measured now. A cache that cannot be read or written costs a measurement, no more. */
    public static StepTime ofThisMachine() {
        return of(folder());
    }

    static StepTime of(Path folder) {
        Path file = folder.resolve("step-time-" + Integer.toHexString(Machine.description().hashCode()) + ".txt");
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() == 4 && lines.getFirst().equals(Machine.description())) {
                return new StepTime(number(lines.get(1)), number(lines.get(2)), number(lines.get(3)));
            }
        } catch (IOException | IllegalArgumentException e) {
            // none yet, or not one of ours: measure
        }
        StepTime measured = measure();
        try {
            Files.createDirectories(folder);
            Files.write(file, List.of(
                    Machine.description(),
                    Double.toString(measured.base()),
                    Double.toString(measured.perMegaMultiply()),
                    Double.toString(measured.perKiloValue())));
        } catch (IOException e) {
            // the next run measures again
        }
        return measured;
    }

    private static double number(String line) {
        return Double.parseDouble(line);
    }

    private static Path folder() {
        String given = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path cache = given.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(given);
        return cache.resolve("evolo");
    }

    /** Networks that are mostly products, mostly values, and next to nothing, by least squares of relative errors. */
    private static StepTime measure() {
        List<double[]> rows = new ArrayList<>();
        rows.add(row(4, 1, 2, Norm.NONE));
        rows.add(row(16, 2, 16, Norm.LAYER));
        rows.add(row(64, 3, 64, Norm.NONE));
        rows.add(row(32, 4, 256, Norm.LAYER));
        rows.add(row(256, 3, 128, Norm.NONE));
        double[] x = leastSquares(rows);
        return new StepTime(x[0], x[1], x[2]);
    }

    /** 1, 10⁶ multiply-adds, 10³ values, each over the measured microseconds. */
    private static double[] row(int width, int depth, int batch, Norm norm) {
        var student = new Regressor(IntRange.of(depth), List.of(Activation.RELU), norm);
        var teacher = new Teacher(width, 1, 4, 1, 0, 0, Teacher.HELD_OUT).draw();
        NetworkTask task = NetworkFamily.of(student, width, batch, Parametrization.standard(), teacher).sample(Rng.of(1, "step-time"));
        double micros = micros(task);
        return new double[] {1 / micros, task.work().multiplies() * 1e-6 / micros, task.work().values() * 1e-3 / micros};
    }

    /** The least of many steps: what else ran on the machine only adds. */
    private static double micros(NetworkTask task) {
        NetworkOptimizee optimizee = task.open();
        float[] w = new float[task.layout().size()];
        float[] gradient = new float[w.length];
        optimizee.init(Rng.of(1, "step-time-init"), w);
        BatchKey key = BatchKey.of(Split.TRAIN, 1, "step-time-batches");
        long end = System.nanoTime() + NANOS_PER_NETWORK;
        long least = Long.MAX_VALUE;
        for (int step = 0; step < LEAST_STEPS || System.nanoTime() < end; step++) {
            long begin = System.nanoTime();
            optimizee.lossAndGradient(w, key, step, gradient);
            least = Math.min(least, System.nanoTime() - begin);
        }
        return least * 1e-3;
    }

    /**
     * The x ≥ 0 with the least Σ (row·x − 1)², by cyclic coordinate descent: three unknowns.
     *
     * @param rows three coefficients each
     */
    static double[] leastSquares(List<double[]> rows) {
        double[] x = new double[3];
        for (int round = 0; round < 10_000; round++) {
            for (int j = 0; j < x.length; j++) {
                double slope = 0;
                double curvature = 0;
                for (double[] row : rows) {
                    double rest = row[0] * x[0] + row[1] * x[1] + row[2] * x[2] - 1;
                    slope += row[j] * rest;
                    curvature += row[j] * row[j];
                }
                x[j] = Math.max(0, x[j] - slope / curvature);
            }
        }
        return x;
    }
}
