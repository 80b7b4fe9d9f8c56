package io.evolo.meta;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.meta.Segments.Segment;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.tasks.TaskFamily;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SegmentsTest {

    @ParameterizedTest
    @EnumSource(Estimator.class)
    void segmentsMakeUpEveryInnerProblemWithoutGap(Estimator estimator) {
        Segments segments = new Segments(spec(estimator), 0);
        List<Segment> all = new ArrayList<>();
        for (int outerStep = 0; outerStep < 30; outerStep++) {
            List<Segment> truncation = segments.next(outerStep);
            int done = 0;
            for (Segment segment : truncation) {
                assertThat(segment.steps()).isPositive();
                assertThat(segment.begin()).isEqualTo(done);
                done += segment.steps();
                assertThat(segment.window()).isEqualTo(truncation.getLast().window());
            }
            assertThat(done).isEqualTo(truncation.getLast().window());
            all.addAll(truncation);
        }

        for (int i = 1; i < all.size(); i++) {
            Segment before = all.get(i - 1);
            boolean ended = before.from() + before.steps() == before.problem().length();
            assertThat(all.get(i).opens()).isEqualTo(ended);
            assertThat(all.get(i).from()).isEqualTo(ended ? 0 : before.from() + before.steps());
            assertThat(all.get(i).problem().episode()).isEqualTo(before.problem().episode() + (ended ? 1 : 0));
        }
    }

    @Test
    void aTruncationOfFullEsIsOneWholeProblemHoweverLongItIs() {
        Segments segments = new Segments(spec(Estimator.FULL_ES), 1);

        assertThat(segments.next(0)).hasSize(1); // what the stagger has left of the first
        for (int outerStep = 1; outerStep < 30; outerStep++) {
            assertThat(segments.next(outerStep)).singleElement().satisfies(segment -> {
                assertThat(segment.opens()).isTrue();
                assertThat(segment.steps()).isEqualTo(segment.problem().length());
                assertThat(segment.share()).isEqualTo(1);
            });
        }
    }

    private static ParticleSpec spec(Estimator estimator) {
        Estimation estimation = new Estimation(estimator, 0.01, 2, 20, MetaLoss.MEAN, 100);
        return new ParticleSpec(
                SmallFc.of(2), List.of(TaskFamily.of(new Quadratic(1))), estimation, new Horizon(10, 30, 15), 3);
    }
}
