package io.evolo.cli;

import io.evolo.meta.OuterReport;
import java.util.Locale;

/** What the progress bar says of an outer step, smoothed: a single step's numbers jump too much to be read. */
final class Pace {
    private static final double WEIGHT = 0.05; // of the newest step

    private long nanos = System.nanoTime();
    private double steps; // seen, up to 1 / WEIGHT: the first ones are a plain mean
    private double metaLoss;
    private double signalToNoise;
    private double seconds;
    private double laneSteps;

    /** Takes the step in; meta-loss, signal-to-noise ratio of the meta-gradient, lane-steps per second. */
    String of(OuterReport report) {
        long now = System.nanoTime();
        steps = Math.min(steps + 1, 1 / WEIGHT);
        metaLoss += (report.metaLoss() - metaLoss) / steps;
        signalToNoise += (report.signalToNoise() - signalToNoise) / steps;
        seconds += ((now - nanos) * 1e-9 - seconds) / steps;
        laneSteps += (report.laneSteps() - laneSteps) / steps;
        nanos = now;
        String signal = signalToNoise > 0 ? String.format(Locale.ROOT, "  signal/noise %.1f", signalToNoise) : "";
        return String.format(Locale.ROOT, "meta-loss %.4f%s  %,.0f lane-steps/s", metaLoss, signal, laneSteps / seconds);
    }
}
