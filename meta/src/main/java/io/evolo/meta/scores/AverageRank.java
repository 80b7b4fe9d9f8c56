package io.evolo.meta.scores;

import java.util.List;
import org.apache.commons.math3.stat.ranking.NaNStrategy;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/** The mean rank of every contender over tasks (Thérien et al. 2024, arXiv 2406.00153): 1 is best; diverged runs are last. */
public final class AverageRank {
    private AverageRank() {}

    /**
     * @param losses [task][contender], mean over seeds; infinite or NaN where a run diverged
     * @return [contender]; equal losses share the mean of their ranks
     */
    public static double[] of(List<double[]> losses) {
        if (losses.isEmpty()) {
            throw new IllegalArgumentException("no task to rank on");
        }
        NaturalRanking ranking = new NaturalRanking(NaNStrategy.MAXIMAL, TiesStrategy.AVERAGE);
        double[] mean = new double[losses.getFirst().length];
        for (double[] task : losses) {
            if (task.length != mean.length) {
                throw new IllegalArgumentException("losses of " + task.length + " contenders, expected " + mean.length);
            }
            double[] ranks = ranking.rank(task);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += ranks[i] / losses.size();
            }
        }
        return mean;
    }
}
