package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evolo.meta.TimeLeft.Kind;
import org.junit.jupiter.api.Test;

class TimeLeftTest {
    private static final Kind LARGE = new Kind("width 512", 100);
    private static final Kind SMALL = new Kind("width 32", 10);

    @Test
    void runsAreCountedByWhatTheyCost() {
        TimeLeft left = new TimeLeft(2);
        left.plan(LARGE, 3);
        left.plan(SMALL, 10);

        // 50 s for one large run: two more of them, and ten small ones of 5 s by the guess, on two threads
        assertThat(left.made(LARGE, 50)).isEqualTo((2 * 50 + 10 * 5) / 2.0);
        // a small one took 9 s: the other nine will too
        assertThat(left.made(SMALL, 9)).isEqualTo((2 * 50 + 9 * 9) / 2.0);
    }

    /** Largest first, as a grid is measured; what a run takes is off the guess by a factor that small ones feel more, and by noise. */
    @Test
    void fromATenthOnTheForecastIsWithinAFifthOfWhatCame() {
        int[] widths = {512, 256, 128, 64, 32};
        int runs = 20;
        TimeLeft left = new TimeLeft(1);
        double total = 0;
        for (int width : widths) {
            left.plan(kind(width), runs);
            total += runs * seconds(width, 0);
        }
        double passed = 0;
        for (int width : widths) {
            for (int i = 0; i < runs; i++) {
                double took = seconds(width, i % 2 == 0 ? 0.1 : -0.1);
                passed += took;
                double forecast = left.made(kind(width), took);
                if (passed > total / 10) {
                    assertThat(passed + forecast).as("after %.1f of %.1f s", passed, total).isCloseTo(total, within(0.2 * total));
                }
            }
        }
    }

    private static Kind kind(int width) {
        return new Kind("width " + width, width * width);
    }

    private static double seconds(int width, double noise) {
        return (1 + noise) * (1e-5 * width * width + 0.05);
    }
}
