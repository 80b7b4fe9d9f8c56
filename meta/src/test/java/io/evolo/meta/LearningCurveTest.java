package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearningCurveTest {

    @Test
    void windowsEndWhereTheyAreSaidToAndHoldTheMeanOfTheirSteps() {
        LearningCurve curve = new LearningCurve(250); // windows of 2, 3, 2, 3, … steps
        IntStream.range(0, 250).forEach(step -> curve.step(step, step / 250.0));
        int[] ends = LearningCurve.ends(250);
        assertThat(ends).hasSize(100).startsWith(2, 5, 7, 10).endsWith(250);
        assertThat(curve.losses().subList(0, 3)).containsExactly(0.5f / 250, 3f / 250, 5.5f / 250);
    }

    @Test
    void theLossesOfAllStepsComeToTheSameWindows() {
        float[] losses = new float[10_000];
        LearningCurve curve = new LearningCurve(losses.length);
        for (int step = 0; step < losses.length; step++) {
            losses[step] = 2.5f - step / 4096f; // exact in binary, and so are the sums
            curve.step(step, losses[step]);
        }
        assertThat(LearningCurve.condensed(losses, losses.length)).isEqualTo(curve.losses());
    }

    @Test
    void aWindowInWhichTheRunDivergedHasNoValue() {
        float[] losses = new float[200];
        losses[101] = Float.NaN;
        List<Float> windows = LearningCurve.condensed(losses, 200);
        assertThat(windows).hasSize(100);
        assertThat(windows.get(49)).isZero();
        assertThat(windows.get(50)).isNaN();
    }
}
