package io.evolo.optimizers.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.kernels.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the recorded problem with this project's own parameters in the loop, so that errors feed back, where a replay would take the
 * recorded gradients.
 */
class ClosedLoopTest {
    private static final Path GOLDEN = Path.of(System.getProperty("evolo.shared", "shared"), "golden");

    /** Muon's tensors have other axes than the problem's constants; ZO-signSGD's replay evaluates the problem already. */
    static List<Path> cases() throws IOException {
        List<Path> cases = new ArrayList<>();
        cases.addAll(TrajectoriesTest.jsonFiles(GOLDEN.resolve("optimizers"), name -> !name.matches("(problem_|muon|zosign).*")));
        cases.addAll(TrajectoriesTest.jsonFiles(
                GOLDEN.resolve("optimizers-2026"), name -> name.matches("(simademamix|adopt|adan|mars|prodigysf|cadamw|clion|grokfast|lookahead)_.*")));
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void errorsOfTheRulesDoNotGrowWhereTheyFeedBack(Path file) throws IOException {
        assumeTrue(Files.isRegularFile(file), "no reference trajectories in " + file.toAbsolutePath());
        Trajectory golden = TrajectoryFile.read(file);
        assumeTrue(golden.subject() instanceof Trajectory.Rule, golden.rule() + " is not in this project");
        JsonNode name = new ObjectMapper().readTree(Files.readAllBytes(file)).get("problem");
        assumeTrue(name.isTextual() && Files.exists(definition(file, name.asText())), "not a problem per element");
        Problem problem = Problem.read(golden, definition(file, name.asText()));
        Optimizer rule = ((Trajectory.Rule) golden.subject()).bind().apply(Twin.PLAIN);
        OptimizerState state = rule.init(golden.layout(), 50);
        Step step = new Step(golden.initial().clone(), new float[golden.layout().size()]);

        for (int t = 1; t <= 50; t++) {
            problem.gradient(t, step.params(), step.gradient());
            rule.step(state, step);
            if (golden.after().containsKey(t)) {
                double difference = Measure.ELEMENT.difference(
                        step.params(), golden.after().get(t), golden.initial(), 0, golden.layout().size());
                // Twice that of a replay, as gradients differ too; the rules of signs have no more to differ by.
                assertThat(difference).as("step %d", t).isLessThan(2 * golden.tolerance());
            }
        }
    }

    private static Path definition(Path trajectory, String problem) {
        return trajectory.resolveSibling("problem_" + problem + ".json");
    }

    /** gradient = a·(p − c) + d·sin(w·p) + e·sin(om·t + ph), per element, in double. */
    private record Problem(float[] a, float[] c, float[] d, float[] w, float[] e, float[] om, float[] ph) {

        static Problem read(Trajectory golden, Path file) throws IOException {
            ParamLayout layout = golden.layout();
            JsonValue tensors = new JsonValue(file.toString(), new ObjectMapper().readTree(Files.readAllBytes(file))).get("tensors");
            float[][] constants = new float[7][layout.size()];
            String[] keys = {"a", "c", "d", "w", "e", "om", "ph"};
            for (int k = 0; k < keys.length; k++) {
                for (int i = 0; i < layout.tensors(); i++) {
                    tensors.get(layout.spec(i).name().split(" \\(", 2)[0]).get(keys[k]).copyTo(constants[k], layout.offset(i), layout.spec(i).shape().size());
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
