package io.evolo.meta.reports;

import io.evolo.meta.reports.Comparison.Place;
import io.evolo.meta.scores.InterquartileMean;
import io.evolo.meta.scores.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a comparison comes to, in three sentences: how fast the best of the learned optimizers is, where it loses, and how the others
 * did and how sure all that is.
 */
final class Judgement {
    private static final int MOST_NAMES = 4; // of cells in a sentence

    private final Comparison comparison;
    private final ScoreTables scores;

    Judgement(Comparison comparison, ScoreTables scores) {
        this.comparison = comparison;
        this.scores = scores;
    }

    List<String> sentences() {
        List<String> learned = comparison.optimizers().stream().filter(comparison.learned()::contains).toList();
        if (learned.isEmpty()) {
            return List.of(); // of rules alone the two ends say it all
        }
        Map<String, Double> ranks = scores.ranks(comparison.cells());
        String best = learned.stream().min(Comparator.comparingDouble(ranks::get)).orElseThrow();
        return List.of(speed(best, learned.size()), losses(best, ranks), others(best, learned));
    }

    private String speed(String best, int packages) {
        InterquartileMean speed = scores.speedUp(best, comparison.cells());
        long beyond = scores.beyond(best);
        int runs = cells(best).size() * comparison.seeds();
        String word = speed.low() > 1
                ? "faster"
                : beyond > 0
                        ? String.format(Locale.ROOT, "a lower bound, for %d of %d runs end below all that Adam has reached", beyond, runs)
                        : speed.high() < 1 ? "slower" : "neither faster nor slower, as far as this tells";
        return String.format(
                Locale.ROOT,
                "%s%s gets to its losses %.2f times as fast as Adam at the best of its constant learning rates (inter-quartile mean over %d"
                        + " cells, 95%% interval %.2f to %.2f: %s); against Adam tuned with a cosine its final training loss is %s.",
                best,
                packages > 1 ? ", by mean rank the best of " + packages + " packages," : "",
                speed.mean(),
                cells(best).size(),
                speed.low(),
                speed.high(),
                word,
                counts(best));
    }

    private String losses(String best, Map<String, Double> ranks) {
        List<String> names = List.copyOf(scores.losing(best));
        String where = names.isEmpty()
                ? "It loses to tuned Adam in no cell"
                : "It loses to tuned Adam in " + names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                        + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "");
        String first = ranks.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
        String rank = first.equals(best)
                ? String.format(Locale.ROOT, "has the best mean rank of all %d optimizers, %.1f", ranks.size(), ranks.get(best))
                : String.format(
                        Locale.ROOT, "has mean rank %.1f of %d where %s has the best, %.1f", ranks.get(best), ranks.size(), first,
                        ranks.get(first));
        return where + "; it " + rank + "; " + diverged(best) + ".";
    }

    private String others(String best, List<String> learned) {
        int comparisons = learned.stream().mapToInt(name -> cells(name).size()).sum();
        String others = learned.stream()
                .filter(name -> !name.equals(best))
                .map(name -> name + " is " + counts(name))
                .collect(Collectors.joining("; "));
        return String.format(
                Locale.ROOT,
                "%sBetter and worse stand on 95%% intervals of paired differences over %d seeds, without correction: of %d comparisons"
                        + " about %.1f would be wrong by chance.",
                others.isEmpty() ? "" : "Against tuned Adam " + others + ". ",
                comparison.seeds(),
                comparisons,
                0.05 * comparisons);
    }

    private List<Place> cells(String optimizer) {
        return comparison.cells().stream().filter(cell -> cell.has(optimizer)).toList();
    }

    private String counts(String optimizer) {
        Map<Verdict, Long> counts = new LinkedHashMap<>();
        cells(optimizer).forEach(cell -> counts.merge(cell.verdict(optimizer), 1L, Long::sum));
        List<String> words = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            words.add(verdict.word() + " in " + counts.getOrDefault(verdict, 0L));
        }
        return String.join(", ", words) + " of " + cells(optimizer).size() + " cells";
    }

    private String diverged(String optimizer) {
        long diverged = cells(optimizer).stream().mapToLong(cell -> cell.diverged(optimizer)).sum();
        int runs = cells(optimizer).size() * comparison.seeds();
        return diverged == 0 ? "none of its " + runs + " runs diverged" : diverged + " of its " + runs + " runs diverged";
    }
}
