package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MetaLossTest {

    private static double of(MetaLoss loss, double... losses) {
        MetaLoss.Sum sum = loss.new Sum(losses.length);
        for (double value : losses) {
            sum.add(value);
        }
        return sum.value();
    }

    @Test
    void meanAndLastAreWhatTheySay() {
        assertThat(of(MetaLoss.MEAN, 1, 2, 6)).isEqualTo(3);
        assertThat(of(MetaLoss.LAST, 1, 2, 6)).isEqualTo(6);
    }

    @Test
    void finalIsTheLogarithmOfTheLastTenth() {
        double[] losses = new double[29];
        losses[26] = 1000;
        losses[27] = 2;
        losses[28] = 4;
        assertThat(of(MetaLoss.FINAL, losses)).isCloseTo(Math.log(3), within(1e-12));
        assertThat(of(MetaLoss.FINAL, 5, 7)).as("at least one of them").isCloseTo(Math.log(7), within(1e-12));
        assertThat(of(MetaLoss.FINAL, 0, 0)).as("no less than 1e-4").isCloseTo(Math.log(1e-4), within(1e-12));
    }

    /** A lane that has diverged gives its worst loss ever after. */
    @Test
    void aDivergedTrainingCountsByItsBound() {
        assertThat(of(MetaLoss.FINAL, 100, 100, 100)).isCloseTo(Math.log(100), within(1e-12));
    }
}
