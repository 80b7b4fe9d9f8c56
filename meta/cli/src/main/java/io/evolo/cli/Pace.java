package io.evolo.cli;

import io.evolo.meta.OuterReport;
import io.evolo.meta.Signal;
import java.util.Locale;

/** What the progress bar says of an outer step, smoothed: a single step's numbers jump too much to be read. */
final class Pace {
    private static final double WEIGHT = 0.05; // of the newest step

    private long nanos = System.nanoTime();
    private double steps; // seen, up to 1 / WEIGHT: the first ones are a plain mean
    private double metaLoss;
    private final Signal signal = new Signal();
    private double seconds;
    private double laneSteps;

    /** Takes the step in; meta-loss, signal to noise of the meta-gradient, 0 where it is all noise, lane-steps per second. */
    String of(OuterReport report) {
        long now = System.nanoTime();
        steps = Math.min(steps + 1, 1 / WEIGHT);
        metaLoss += (report.metaLoss() - metaLoss) / steps;
        signal.fade(steps < 1 / WEIGHT ? 1 : 1 - WEIGHT);
        signal.add(report);
        seconds += ((now - nanos) * 1e-9 - seconds) / steps;
        laneSteps += (report.laneSteps() - laneSteps) / steps;
        nanos = now;
        String ratio = signal.known() ? String.format(Locale.ROOT, "  signal/noise %.2f", signal.toNoise()) : "";
        return String.format(Locale.ROOT, "meta-loss %.4f%s  %,.0f lane-steps/s", metaLoss, ratio, laneSteps / seconds);
    }
}
