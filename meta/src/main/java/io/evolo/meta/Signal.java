package io.evolo.meta;

/**
 * How much of the meta-gradient is not noise, over a window of outer steps. A mean over particles has the squared norm of what it
 * estimates plus its own variance, in expectation; the variance is known from how the particles differ, and taken off: the ratio is 0
 * on average where there is no signal, and may be negative in any one window.
 */
public final class Signal {
    private double squares;
    private double noise;

    /** Takes one outer step in. */
    public void add(OuterReport report) {
        squares += report.gradientNorm() * report.gradientNorm();
        noise += report.noise();
    }

    /** Fades all that was taken in. */
    public void fade(double share) {
        squares *= share;
        noise *= share;
    }

    /** Whether there is any noise to compare with. */
    public boolean known() {
        return noise > 0;
    }

    /** (Σ‖g‖² − Σ variance)/Σ variance; 0 where it is not {@link #known}. */
    public double toNoise() {
        return known() ? squares / noise - 1 : 0;
    }
}
