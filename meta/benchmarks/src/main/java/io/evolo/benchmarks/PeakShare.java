package io.evolo.benchmarks;

import io.evolo.tasks.kernels.FmaPeak;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A counter that compares the fastest run of an iteration with the FMA peak; on a busy machine the mean compares neighbours. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class PeakShare {
    private static final int PEAK_MILLIS = 100;

    /** Percent of the FMA peak. */
    public double percentOfPeak;

    private double gigaflops;

    void fastest(double rate) {
        gigaflops = Math.max(gigaflops, rate);
    }

    @Setup(Level.Iteration)
    public void begin() {
        gigaflops = 0;
    }

    @TearDown(Level.Iteration)
    public void end() {
        percentOfPeak = 100 * gigaflops / FmaPeak.gigaflops(PEAK_MILLIS);
    }
}
