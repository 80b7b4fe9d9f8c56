package io.evolo.optimizers.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the recorded problem with this project's own parameters in the loop, so that errors feed back, where a replay would take the
 * recorded gradients.
 */
class ClosedLoopTest {
    private static final Path FOLDER = Path.of(System.getProperty("evolo.shared", "shared"), "golden", "optimizers");

    @ParameterizedTest
    @ValueSource(strings = {"sgd_a", "sgd_b", "momentum_a", "momentum_c_sched", "adam_a", "adamw_a", "adamw_c_sched"})
    void errorsOfTheRulesDoNotGrowWhereTheyFeedBack(String name) throws IOException {
        Path file = FOLDER.resolve(name + ".float32.json");
        assumeTrue(Files.exists(file), "no reference trajectory " + file.toAbsolutePath());
        Trajectory golden = TrajectoryFile.read(file);
        Problem problem = Problem.read(golden.layout());
        Optimizer rule = ((Trajectory.Rule) golden.subject()).bind().apply(Twin.PLAIN);
        OptimizerState state = rule.init(golden.layout(), 50);
        Step step = new Step(golden.initial().clone(), new float[golden.layout().size()]);

        for (int t = 1; t <= 50; t++) {
            problem.gradient(t, step.params(), step.gradient());
            rule.step(state, step);
            if (golden.after().containsKey(t)) {
                double difference = Measure.ELEMENT.difference(
                        step.params(), golden.after().get(t), golden.initial(), 0, golden.layout().size());
                assertThat(difference).as("step %d", t).isLessThan(golden.tolerance());
            }
        }
    }

    /** gradient = a·(p − c) + d·sin(w·p) + e·sin(om·t + ph), per element, in double. */
    private record Problem(float[] a, float[] c, float[] d, float[] w, float[] e, float[] om, float[] ph) {

        static Problem read(ParamLayout layout) throws IOException {
            JsonValue tensors = new JsonValue("problem_std.json",
                    new ObjectMapper().readTree(Files.readAllBytes(FOLDER.resolve("problem_std.json")))).get("tensors");
            float[][] constants = new float[7][layout.size()];
            String[] keys = {"a", "c", "d", "w", "e", "om", "ph"};
            for (int k = 0; k < keys.length; k++) {
                for (int i = 0; i < layout.tensors(); i++) {
                    tensors.get(layout.spec(i).name()).get(keys[k]).copyTo(constants[k], layout.offset(i), layout.spec(i).shape().size());
                }
            }
            return new Problem(constants[0], constants[1], constants[2], constants[3], constants[4], constants[5], constants[6]);
        }

        void gradient(int t, float[] p, float[] out) {
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) (a[i] * ((double) p[i] - c[i]) + d[i] * StrictMath.sin((double) w[i] * p[i])
                        + e[i] * StrictMath.sin((double) om[i] * t + ph[i]));
            }
        }
    }
}
