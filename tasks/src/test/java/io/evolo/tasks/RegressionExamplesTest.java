package io.evolo.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.tasks.data.RegressionData;
import io.evolo.tasks.data.Teacher;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.families.Regressor;
import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.nn.Network;
import io.evolo.tasks.nn.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegressionExamplesTest {
    private static final BatchKey KEY = BatchKey.of(Split.TRAIN, 1, "batches");
    private static final RegressionData DATA = new Teacher(6, 2, 8, 2, 0.1, 0, Teacher.HELD_OUT).draw();

    private static NetworkTask task(int batch) {
        var student = new Regressor(IntRange.of(1), List.of(Activation.TANH), Norm.NONE);
        return NetworkFamily.of(student, 16, batch, Parametrization.standard(), DATA).sample(Rng.of(1, "task"));
    }

    /** 4096 examples: the mean of the squares errs by a few percent at most. */
    @Test
    void aStudentThatSaysZeroHasTheLossOfTheTargetsAndTheNoise() {
        NetworkTask task = task(512);
        NetworkOptimizee optimizee = task.open();
        assertThat(optimizee.evaluate(new float[task.layout().size()], Split.TRAIN, Teacher.TRAIN).loss())
                .isCloseTo(1.01, within(0.02));
    }

    @Test
    void gradientsAreThoseOfCentralDifferences() {
        NetworkTask task = task(5);
        NetworkOptimizee optimizee = task.open();
        float[] w = new float[task.layout().size()];
        optimizee.init(Rng.of(1, "init"), w);
        float[] gradient = new float[w.length];
        optimizee.lossAndGradient(w, KEY, 0, gradient);
        for (int i = 0; i < w.length; i += 7) {
            float at = w[i];
            w[i] = at + 0.01f;
            double above = optimizee.loss(w, KEY, 0);
            w[i] = at - 0.01f;
            double below = optimizee.loss(w, KEY, 0);
            w[i] = at;
            assertThat((double) gradient[i]).isCloseTo((above - below) / 0.02, within(2e-3));
        }
    }

    @Test
    void aStudentLearns() {
        NetworkTask task = task(64);
        NetworkOptimizee optimizee = task.open();
        float[] w = new float[task.layout().size()];
        float[] gradient = new float[w.length];
        optimizee.init(Rng.of(1, "init"), w);
        for (int step = 0; step < 2000; step++) {
            optimizee.lossAndGradient(w, KEY, step, gradient);
            for (int i = 0; i < w.length; i++) {
                w[i] -= 0.1f * gradient[i];
            }
        }
        assertThat(optimizee.evaluate(w, Split.TEST, 1024).loss()).isBetween(0.01, 0.5);
    }

    @Test
    void theSameTeacherSaysTheSameAndAnotherSomethingElse() {
        assertThat(new Teacher(6, 2, 8, 2, 0.1, 0, Teacher.HELD_OUT).draw()).isEqualTo(DATA);
        assertThat(new Teacher(6, 2, 8, 2, 0.1, 1, Teacher.HELD_OUT).draw().sha256()).isNotEqualTo(DATA.sha256());
    }

    @Test
    void moreHeldOutExamplesBeginWithTheSame() {
        RegressionData more = new Teacher(6, 2, 8, 2, 0.1, 0, 2048).draw();
        assertThat(more.name()).isEqualTo(DATA.name() + "-held2048");
        assertThat(more.examples(Split.TRAIN)).isEqualTo(DATA.examples(Split.TRAIN));
        assertThat(more.examples(Split.TEST)).isEqualTo(2048);
        float[] here = new float[2];
        float[] there = new float[2];
        for (Split split : Split.values()) {
            DATA.copyTarget(split, Teacher.HELD_OUT - 1, here, 0);
            more.copyTarget(split, Teacher.HELD_OUT - 1, there, 0);
            assertThat(there).isEqualTo(here);
        }
    }

    @Test
    void refusesANetworkOfOtherSizes() {
        Network.Builder b = Network.builder(Parametrization.standard());
        Network network = b.squaredError(b.affine("prediction", b.input(5), 2, Role.OUTPUT), Target.GIVEN);
        assertThatThrownBy(() -> new NetworkTask("a", network, new RegressionExamples(DATA), 4, LossNormalizer.IDENTITY))
                .hasMessageContaining("the network maps 5 values to 2, but teacher-6-w8-d2-2 has 6 and 2");
    }
}
