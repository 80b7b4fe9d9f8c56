package io.evolo.meta;

import io.evolo.schema.Default;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a package is measured on: every width at every horizon, on the tasks of the recipe's first entry, against Adam at the best of
 * many learning rates.
 *
 * @param widths of the hidden layers
 * @param horizons inner steps
 * @param seeds runs per cell, each with its own initial parameters and batches, at least 2
 * @param baselineRates how many learning rates Adam is tried at, log-spaced in [lowestRate, highestRate], both included
 * @param baselineDecays every learning rate is tried with each of these
 * @param tuningSeeds runs per setting while tuning; none of them is one of the {@code seeds}
 * @param lowestRate positive
 * @param highestRate at least {@code lowestRate}
 * @param examples of the training and of the test part that the final loss is measured on
 */
public record EvaluationGrid(
        @Default("[32, 128, 512]") List<Integer> widths,
        @Default("[200, 1000]") List<Integer> horizons,
        @Default("5") int seeds,
        @Default("15") int baselineRates,
        @Default("[constant, cosine]") List<Baseline.Decay> baselineDecays,
        @Default("2") int tuningSeeds,
        @Default("1e-5") double lowestRate,
        @Default("1") double highestRate,
        @Default("2000") int examples) {

    public EvaluationGrid {
        widths = List.copyOf(widths);
        horizons = List.copyOf(horizons);
        baselineDecays = List.copyOf(baselineDecays);
        Checks.that(!widths.isEmpty() && widths.stream().allMatch(w -> w >= 1), "widths", widths, "at least one, each at least 1");
        Checks.that(
                !horizons.isEmpty() && horizons.stream().allMatch(h -> h >= 1), "horizons", horizons, "at least one, each at least 1");
        Checks.that(isDistinct(widths), "widths", widths, "each once");
        Checks.that(isDistinct(horizons), "horizons", horizons, "each once");
        Checks.that(isDistinct(baselineDecays), "baselineDecays", baselineDecays, "each once");
        Checks.that(seeds >= 2, "seeds", seeds, "at least 2, or there is no uncertainty to state");
        Checks.that(baselineRates >= 1, "baselineRates", baselineRates, "at least 1");
        Checks.that(!baselineDecays.isEmpty(), "number of baselineDecays", 0, "at least 1");
        Checks.that(tuningSeeds >= 1, "tuningSeeds", tuningSeeds, "at least 1");
        Checks.that(lowestRate > 0, "lowestRate", lowestRate, "a positive number");
        Checks.that(
                highestRate >= lowestRate && highestRate < Double.POSITIVE_INFINITY,
                "highestRate",
                highestRate,
                "a number of at least lowestRate = " + lowestRate);
        Checks.that(examples >= 1, "examples", examples, "at least 1");
    }

    private static boolean isDistinct(List<?> values) {
        return values.stream().distinct().count() == values.size();
    }

    /** The settings that Adam is tried at, by decay, then ascending rate. */
    public List<Baseline> baselines() {
        return baselineDecays.stream()
                .flatMap(decay -> IntStream.range(0, baselineRates).mapToObj(i -> new Baseline(rate(i), decay)))
                .toList();
    }

    private double rate(int i) {
        double position = baselineRates == 1 ? 0 : (double) i / (baselineRates - 1);
        return lowestRate * StrictMath.pow(highestRate / lowestRate, position);
    }
}
