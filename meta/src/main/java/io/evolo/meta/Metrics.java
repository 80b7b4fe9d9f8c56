package io.evolo.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run's {@code metrics.jsonl}: one JSON object per interval of outer steps, with the interval's last outer step, the means of
 * meta-loss and gradient norm, the meta-gradient's ratio of signal to noise, the number of lanes that diverged, and lane-steps and seconds since the run
 * began. The same numbers stand in a file of TensorBoard events beside it, which is made anew from the lines when a run is resumed.
 */
final class Metrics {
    private final StepLines lines;
    private final EventFile events;
    private final double begun;
    private int steps;
    private double metaLoss;
    private double gradientNorm;
    private Signal signal = new Signal();
    private int diverged;
    private OuterReport last = new OuterReport(0, 0, 0, 0, 0, 0);

    /**
     * @param directory of the run
     * @param begun when the run began, in seconds since 1970
     */
    Metrics(Path directory, double begun) {
        this.lines = new StepLines(directory.resolve("metrics.jsonl"));
        this.events = new EventFile(directory.resolve("events.out.tfevents.evolo"));
        this.begun = begun;
        events.begin(begun);
    }

    /** Forgets what was written after an outer step: a resumed run writes it again. */
    void cutTo(int outerStep) {
        lines.cutTo(outerStep).forEach(this::addEvent);
    }

    /** Every number of a line but those that count the way, under its own name; one that is not finite is missing. */
    private void addEvent(JsonNode line) {
        SortedMap<String, Double> scalars = new TreeMap<>();
        line.properties().stream()
                .filter(entry -> entry.getValue().isNumber())
                .forEach(entry -> scalars.put("meta/" + entry.getKey(), entry.getValue().asDouble()));
        scalars.keySet().removeAll(List.of("meta/outerStep", "meta/seconds"));
        events.add(begun + line.path("seconds").asDouble(), line.path("outerStep").asLong(), scalars);
    }

    /** A meta-validation as events: its score, and that of every held-out problem by its number. */
    void addEvents(Validated found, double seconds) {
        addEvent("validation/score", found.score(), found.outerStep(), seconds);
        addEvent("validation/diverged", found.diverged(), found.outerStep(), seconds);
        for (int i = 0; i < found.problems().size(); i++) {
            addEvent("validation/problem" + i, found.problems().get(i), found.outerStep(), seconds);
        }
    }

    private void addEvent(String tag, double scalar, int outerStep, double seconds) {
        if (Double.isFinite(scalar)) {
            events.add(begun + seconds, outerStep, new TreeMap<>(Map.of(tag, scalar)));
        }
    }

    void add(OuterReport report) {
        steps++;
        metaLoss += report.metaLoss();
        gradientNorm += report.gradientNorm();
        signal.add(report);
        diverged += report.diverged();
        last = report;
    }

    /** Writes what has been added since the last call, if anything. */
    void flush(long laneSteps, double seconds) {
        if (steps == 0) {
            return;
        }
        ObjectNode line = StepLines.line(last.outerStep());
        JsonNumbers.put(line, "metaLoss", metaLoss / steps);
        JsonNumbers.put(line, "gradientNorm", gradientNorm / steps);
        JsonNumbers.put(line, "signalToNoise", signal.toNoise());
        line.put("diverged", diverged);
        line.put("laneSteps", laneSteps);
        line.put("seconds", Math.round(seconds * 1000) / 1000.0);
        lines.add(line);
        addEvent(line);
        steps = 0;
        metaLoss = 0;
        gradientNorm = 0;
        signal = new Signal();
        diverged = 0;
    }
}
