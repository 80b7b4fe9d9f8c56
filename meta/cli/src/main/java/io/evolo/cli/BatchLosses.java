package io.evolo.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The batch losses of one training: every so many steps their mean since the last time is printed and kept. */
final class BatchLosses {
    private final int every;
    private final List<MetricsFile> kept;
    private final PrintWriter results;
    private final long begin;
    private double sum;

    /** @param run that it goes on with, from its last line on */
    BatchLosses(int every, List<MetricsFile> kept, PrintWriter results, Optional<TrainingRun> run) {
        this.every = every;
        this.kept = kept;
        this.results = results;
        this.begin = System.nanoTime() - Math.round(run.map(TrainingRun::secondsBefore).orElse(0.0) * 1e9);
        this.sum = run.map(TrainingRun::lossSum).orElse(0.0);
    }

    void add(int step, double loss) {
        sum += loss;
        if ((step + 1) % every == 0) {
            double mean = sum / every;
            results.printf(Locale.ROOT, "step %6d  batch loss %.4f%n", step + 1, mean);
            kept.forEach(file -> file.add(step + 1, Map.of("batchLoss", mean, "seconds", (System.nanoTime() - begin) * 1e-9)));
            sum = 0;
        }
    }

    /** Of the losses since the last line. */
    double sum() {
        return sum;
    }
}
