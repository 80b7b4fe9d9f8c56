package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.Rng;
import org.junit.jupiter.api.Test;

class SignalTest {
    private static final int PARTICLES = 8;
    private static final int SIZE = 50;
    private static final int STEPS = 400;

    /** The ratio over many outer steps whose particles estimate {@code mean} in every coordinate, with noise of deviation 1. */
    private static double ratio(double mean) {
        Signal signal = new Signal();
        for (int step = 0; step < STEPS; step++) {
            Rng rng = Rng.of(1, "signal", step);
            double norm = 0;
            double noise = 0;
            for (int i = 0; i < SIZE; i++) {
                double sum = 0;
                double squares = 0;
                for (int p = 0; p < PARTICLES; p++) {
                    double x = mean + rng.gaussian();
                    sum += x;
                    squares += x * x;
                }
                double average = sum / PARTICLES;
                norm += average * average;
                noise += (squares - PARTICLES * average * average) / (PARTICLES - 1) / PARTICLES;
            }
            signal.add(new OuterReport(step + 1, 0, Math.sqrt(norm), noise, 0, 0));
        }
        return signal.toNoise();
    }

    @Test
    void noiseAloneHasNoSignal() {
        // one step's ratio has a standard deviation of √(2/SIZE) = 0.2, so the mean over STEPS one of 0.01: four of them
        assertThat(ratio(0)).isCloseTo(0, within(0.04));
    }

    @Test
    void aSignalIsMeasuredInTheNoiseOfTheMean() {
        // 0.25² against a variance of 1/8 of the mean: 0.5; its standard deviation is about √(1 + 2·0.5)·0.01
        assertThat(ratio(0.25)).isCloseTo(0.5, within(0.06));
    }

    @Test
    void whereThereIsNoNoiseTheRatioIsNotKnown() {
        Signal signal = new Signal();
        signal.add(new OuterReport(1, 2, 3, 0, 0, 10));
        assertThat(signal.known()).isFalse();
        assertThat(signal.toNoise()).isZero();
    }
}
