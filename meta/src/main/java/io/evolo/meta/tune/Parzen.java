package io.evolo.meta.tune;

import io.evolo.tasks.Rng;
import java.util.List;

/**
 * A density on the unit cube: the mean of as many products of kernels as there are points, and of one that is uniform. A continuous axis has
 * Gaussian kernels, of mass 1 within the interval; on an axis of choices a kernel is mostly on its point's own choice.
 *
 * @param points places in the cube, by axis; may be none
 * @param choices by axis how many choices it has; 0: it is continuous
 * @param width of the Gaussian kernels, standard deviation
 */
record Parzen(List<double[]> points, int[] choices, double width) {
    private static final double OWN = 0.6; // of a choice's kernel; the rest is uniform

    double density(double[] x) {
        double sum = 1;
        for (double[] point : points) {
            double product = 1;
            for (int axis = 0; axis < x.length; axis++) {
                product *= choices[axis] > 0 ? choice(x[axis], point[axis], choices[axis]) : gaussian(x[axis], point[axis]);
            }
            sum += product;
        }
        return sum / (1 + points.size());
    }

    private static double choice(double x, double at, int count) {
        return 1 - OWN + ((int) (x * count) == (int) (at * count) ? OWN * count : 0);
    }

    private double gaussian(double x, double at) {
        double z = (x - at) / width;
        double mass = cumulative((1 - at) / width) - cumulative(-at / width);
        return StrictMath.exp(-z * z / 2) / (width * StrictMath.sqrt(2 * StrictMath.PI) * mass);
    }

    /** Of the standard normal distribution, by its logistic approximation: off by less than 2e-4 (Bowling et al. 2009). */
    private static double cumulative(double z) {
        return 1 / (1 + StrictMath.exp(-(0.07056 * z * z * z + 1.5976 * z)));
    }

    /** A point of this density. */
    double[] draw(Rng rng) {
        double[] x = new double[choices.length];
        int kernel = rng.nextInt(points.size() + 1);
        for (int axis = 0; axis < x.length; axis++) {
            boolean uniform = kernel == points.size() || choices[axis] > 0 && rng.nextDouble() >= OWN;
            x[axis] = uniform ? rng.nextDouble() : choices[axis] > 0 ? points.get(kernel)[axis] : within(points.get(kernel)[axis], rng);
        }
        return x;
    }

    private double within(double at, Rng rng) {
        double x = at + width * rng.gaussian();
        while (!(x >= 0 && x < 1)) {
            x = at + width * rng.gaussian();
        }
        return x;
    }
}
