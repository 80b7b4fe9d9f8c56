package io.evolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.OuterReport;
import org.junit.jupiter.api.Test;

/** What stands beside the progress bar of a meta-training. */
class PaceTest {

    @Test
    void aRunSaysItsMetaLossItsSignalToNoiseRatioAndItsLaneStepsPerSecond() {
        Pace pace = new Pace();
        assertThat(pace.of(new OuterReport(1, 2.0, 1, 0.5, 0, 3200))).matches("meta-loss 2\\.0000  signal/noise 1\\.00  [\\d,]+ lane-steps/s");
        assertThat(pace.of(new OuterReport(2, 1.0, 2, 1.5, 0, 3200))).as("(1 + 4)/(0.5 + 1.5) - 1").startsWith("meta-loss 1.5000  signal/noise 1.50");
    }

    @Test
    void aSearchWithoutAGradientHasNoSignalToNoiseRatio() {
        assertThat(new Pace().of(new OuterReport(1, 2.0, 0, 0, 0, 3200))).matches("meta-loss 2\\.0000  [\\d,]+ lane-steps/s");
    }
}
