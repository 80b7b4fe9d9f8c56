package io.evolo.meta.scores;

import java.util.Arrays;

/**
 * Whether one of two optimizers is better over tasks: Wilcoxon's signed rank test, two-sided, on one number per task, for tasks, unlike
 * the seeds of one, are what another task is drawn from. That number is (a − b)/(|a| + |b|) of the mean losses, which orders tasks as the
 * ratio of positive losses does; where one of the two diverged it is 1 or −1, the largest there is.
 */
public final class CellTest {
    private CellTest() {}

    /**
     * As {@link PairedTest#pValue}; 1 where there are no tasks.
     *
     * @param losses one mean per task; infinite where it diverged
     * @param others the other's, in the same order
     */
    public static double pValue(double[] losses, double[] others) {
        if (losses.length != others.length) {
            throw new IllegalArgumentException(losses.length + " and " + others.length + " losses, expected one of each for every task");
        }
        double[] differences = new double[losses.length];
        Arrays.setAll(differences, i -> difference(losses[i], others[i]));
        return differences.length == 0 ? 1 : PairedTest.pValue(differences, new double[differences.length]);
    }

    /** In [−1, 1]; below 0 where the first is better. */
    static double difference(double loss, double other) {
        boolean finite = Double.isFinite(loss);
        if (!finite || !Double.isFinite(other)) {
            return finite ? -1 : Double.isFinite(other) ? 1 : 0;
        }
        return loss == other ? 0 : (loss - other) / (Math.abs(loss) + Math.abs(other));
    }

    /** The sum of those: below 0 where the first is better on the whole. */
    public static double tendency(double[] losses, double[] others) {
        double sum = 0;
        for (int i = 0; i < losses.length; i++) {
            sum += difference(losses[i], others[i]);
        }
        return sum;
    }
}
