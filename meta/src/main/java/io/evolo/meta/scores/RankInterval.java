package io.evolo.meta.scores;

import io.evolo.tasks.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A contender's {@link AverageRank} with its 95% interval by bootstrap: tasks are drawn with replacement, and within each of them seeds, the
 * same for all contenders, as all begin alike.
 *
 * @param mean over the tasks where the contender takes part, among those that do; NaN where it takes part nowhere
 */
public record RankInterval(double mean, double low, double high) {

    /**
     * Of every contender.
     *
     * @param tasks losses by contender, one per seed, of all of a task as many; infinite where a run diverged. Who does not take part is
     *     missing
     * @param draws at least 100
     */
    public static Map<String, RankInterval> of(List<Map<String, double[]>> tasks, int draws, long seed) {
        Set<String> names = new LinkedHashSet<>();
        tasks.forEach(task -> names.addAll(task.keySet()));
        Map<String, List<Double>> drawn = new LinkedHashMap<>();
        for (int draw = 0; draw < draws; draw++) {
            Rng rng = Rng.of(seed, "rank-bootstrap", draw);
            List<Map<String, double[]>> some = new ArrayList<>();
            for (int i = 0; i < tasks.size(); i++) {
                some.add(resampled(tasks.get(rng.nextInt(tasks.size())), rng));
            }
            ranks(some).forEach((name, rank) -> drawn.computeIfAbsent(name, key -> new ArrayList<>()).add(rank));
        }
        Map<String, Double> all = ranks(tasks);
        Map<String, RankInterval> intervals = new LinkedHashMap<>();
        for (String name : names) {
            double[] sorted = drawn.getOrDefault(name, List.of()).stream().mapToDouble(Double::doubleValue).sorted().toArray();
            intervals.put(name, new RankInterval(all.get(name), percentile(sorted, 0.025), percentile(sorted, 0.975)));
        }
        return intervals;
    }

    private static Map<String, double[]> resampled(Map<String, double[]> task, Rng rng) {
        int seeds = task.values().iterator().next().length;
        int[] which = new int[seeds];
        for (int i = 0; i < seeds; i++) {
            which[i] = rng.nextInt(seeds);
        }
        Map<String, double[]> other = new LinkedHashMap<>();
        task.forEach((name, losses) -> other.put(name, Arrays.stream(which).mapToDouble(i -> losses[i]).toArray()));
        return other;
    }

    private static Map<String, Double> ranks(List<Map<String, double[]>> tasks) {
        Map<String, double[]> sums = new LinkedHashMap<>(); // of ranks, and how many
        for (Map<String, double[]> task : tasks) {
            double[] ranks = AverageRank.of(List.of(task.values().stream().mapToDouble(RankInterval::mean).toArray()));
            int at = 0;
            for (String name : task.keySet()) {
                double[] sum = sums.computeIfAbsent(name, key -> new double[2]);
                sum[0] += ranks[at++];
                sum[1]++;
            }
        }
        Map<String, Double> means = new LinkedHashMap<>();
        sums.forEach((name, sum) -> means.put(name, sum[0] / sum[1]));
        return means;
    }

    private static double mean(double[] losses) {
        return Arrays.stream(losses).sum() / losses.length;
    }

    private static double percentile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.round(share * (sorted.length - 1))];
    }
}
