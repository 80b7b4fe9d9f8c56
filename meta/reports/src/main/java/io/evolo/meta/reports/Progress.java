package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.evolo.meta.scores.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a run's lines of metrics say of its whole: how far it came, and whether its meta-loss fell by more than it jumps.
 *
 * @param losses of the intervals, in order; those that are finite
 * @param share intervals that stand for the beginning, and as many for the end; below 2 there are too few to compare
 */
record Progress(double[] losses, int share, int outerSteps, long laneSteps, double seconds, int diverged) {
    private static final int TENTHS = 10;
    private static final int FEWEST = 3;

    /** @param lines at least one */
    static Progress of(List<JsonNode> lines) {
        double[] losses = lines.stream().mapToDouble(line -> line.path("metaLoss").asDouble(Double.NaN)).filter(Double::isFinite).toArray();
        JsonNode last = lines.getLast();
        return new Progress(
                losses,
                losses.length < 2 * FEWEST ? 0 : Math.max(FEWEST, losses.length / TENTHS),
                last.path("outerStep").asInt(),
                last.path("laneSteps").asLong(),
                last.path("seconds").asDouble(),
                lines.stream().mapToInt(line -> line.path("diverged").asInt()).sum());
    }

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT, "The run made %,d outer steps, %,d lane-steps in %,.0f seconds.", outerSteps, laneSteps, seconds));
        sentences.add(learned());
        if (diverged > 0) {
            sentences.add(String.format(Locale.ROOT, "%,d lanes diverged on the way.", diverged));
        }
        return sentences;
    }

    private String learned() {
        if (share < 2) {
            return "There are too few intervals to say whether the meta-loss falls.";
        }
        Interval first = Interval.of(Arrays.copyOf(losses, share));
        Interval last = Interval.of(Arrays.copyOfRange(losses, losses.length - share, losses.length));
        double fall = first.mean() - last.mean();
        double within = Math.hypot(first.halfWidth(), last.halfWidth());
        String means = String.format(
                Locale.ROOT, "the mean of the last %d intervals is %.4f, that of the first %d %.4f: a difference of %+.4f ± %.4f", share,
                last.mean(), share, first.mean(), -fall, within);
        if (fall > within) {
            return "The meta-loss fell: " + means + ".";
        }
        return (fall < -within ? "The meta-loss rose: " : "Nothing learned yet, as far as the meta-loss shows: ") + means + ".";
    }
}
