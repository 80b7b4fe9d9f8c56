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
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The matrix rules of 2024 to 2026 against recorded runs, by replay and with their own parameters in the loop. */
class Golden2026MatrixTest {
    private static final Path FOLDER = Path.of(System.getProperty("evolo.shared", "shared"), "golden", "optimizers-2026");

    /** Begin the names of the cases of rules that move matrices in their own way. */
    private static final String MATRIX_RULES = "(muon_|muonsq|adamuon|normuon_|klshampoo|klsoap_|soapmuon|shampoo|psgdkron|dion|scion).*";

    static List<Path> cases() throws IOException {
        return TrajectoriesTest.jsonFiles(FOLDER, name -> name.matches(MATRIX_RULES));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rulesRepeatTheRunsOfTheirReferenceImplementations(Path file) {
        assumeTrue(Files.exists(file), "no reference trajectories in " + FOLDER.toAbsolutePath());

        Verdict verdict = Trajectories.replay(file, Twin.PLAIN);

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Replayed.class, run -> assertThat(run.agrees())
                .as("%s, tolerance %s", run.differences(), run.tolerance())
                .isTrue());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void errorsOfTheRulesDoNotGrowWhereTheyFeedBack(Path file) throws IOException {
        assumeTrue(Files.exists(file), "no reference trajectories in " + FOLDER.toAbsolutePath());
        Trajectory golden = TrajectoryFile.read(file);
        String problem = json(file).get("problem").text();
        Constants constants = Constants.read(json(FOLDER.resolve("problem_" + problem + ".json")).get("tensors"), golden.layout());
        Optimizer rule = ((Trajectory.Rule) golden.subject()).bind().apply(Twin.PLAIN);
        OptimizerState state = rule.init(golden.layout(), 50);
        Step step = new Step(golden.initial().clone(), new float[golden.layout().size()], golden.evidence().signals());

        for (int t = 1; t <= 50; t++) {
            constants.gradient(t, step.params(), step.gradient());
            rule.step(state, step);
            if (golden.after().containsKey(t)) {
                double difference = Measure.ELEMENT.difference(
                        step.params(), golden.after().get(t), golden.initial(), 0, golden.layout().size());
                // The polar factor of a small matrix amplifies rounding, whatever a replay agrees to.
                assertThat(difference).as("step %d", t).isLessThan(1e-3);
            }
        }
    }

    private static JsonValue json(Path file) throws IOException {
        return new JsonValue(file.toString(), new ObjectMapper().readTree(Files.readAllBytes(file)));
    }

    /** gradient = a·(p − c) + d·sin(w·p) + e·sin(om·t + ph), per element, in double; in the layout's order of axes. */
    private record Constants(float[] a, float[] c, float[] d, float[] w, float[] e, float[] om, float[] ph) {

        static Constants read(JsonValue tensors, ParamLayout layout) {
            float[][] constants = new float[7][layout.size()];
            String[] keys = {"a", "c", "d", "w", "e", "om", "ph"};
            for (int k = 0; k < keys.length; k++) {
                for (int i = 0; i < layout.tensors(); i++) {
                    float[] recorded = new float[layout.spec(i).shape().size()];
                    tensors.get(layout.spec(i).name()).get(keys[k]).copyTo(recorded, 0, recorded.length);
                    boolean torch = HiddenMatrixFormat.inTorchOrder(layout);
                    if (torch) {
                        TorchTensors.reorder(recorded, layout.spec(i).shape(), constants[k], layout.offset(i));
                    } else {
                        System.arraycopy(recorded, 0, constants[k], layout.offset(i), recorded.length);
                    }
                }
            }
            return new Constants(constants[0], constants[1], constants[2], constants[3], constants[4], constants[5], constants[6]);
        }

        void gradient(int t, float[] p, float[] out) {
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) (a[i] * ((double) p[i] - c[i]) + d[i] * StrictMath.sin((double) w[i] * p[i])
                        + e[i] * StrictMath.sin((double) om[i] * t + ph[i]));
            }
        }
    }
}
