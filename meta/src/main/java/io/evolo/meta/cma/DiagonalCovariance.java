package io.evolo.meta.cma;

import java.util.Arrays;

/** A diagonal [n]. */
final class DiagonalCovariance implements Covariance {
    private final double[] c;

    DiagonalCovariance(int n) {
        this.c = new double[n];
        Arrays.fill(c, 1);
    }

    @Override
    public double[] shape(double[] z) {
        double[] y = new double[c.length];
        for (int i = 0; i < c.length; i++) {
            y[i] = Math.sqrt(c[i]) * z[i];
        }
        return y;
    }

    @Override
    public void update(double keep, double c1, double[] p, double[] rates, double[][] y) {
        for (int i = 0; i < c.length; i++) {
            double sum = keep * c[i] + c1 * p[i] * p[i];
            for (int k = 0; k < rates.length; k++) {
                sum += rates[k] * y[k][i] * y[k][i];
            }
            c[i] = sum;
        }
    }

    @Override
    public double[] values() {
        return c;
    }

    @Override
    public void restored() {
        // nothing is derived from it
    }
}
