package io.evolo.optimizers.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.optimizers.GlobalNormClip;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.Adam;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BFloat16StateTest {
    private static final ParamLayout LAYOUT = new ParamLayout(
            List.of(ParamSpec.plain("w", Shape.of(9, 7)), ParamSpec.plain("b", Shape.of(7)), ParamSpec.plain("s", Shape.of())));

    private static Optimizer learned(String name) {
        Map<String, Double> hyper = new TreeMap<>();
        if (name.equals("velo")) {
            hyper.putAll(Map.of("lstm", 8.0, "basis", 4.0));
        }
        LearnedOptimizer rule = LearnedOptimizers.of(name, hyper);
        return rule.bind(rule.initTheta(Rng.of(1, "theta")));
    }

    private static float[] run(Optimizer rule, OptimizerState state, int steps) {
        Step step = new Step(new float[LAYOUT.size()], new float[LAYOUT.size()]);
        Rng rng = Rng.of(5, "run");
        rng.fillGaussian(step.params(), 0.5);
        for (int t = 0; t < steps; t++) {
            rng.fillGaussian(step.gradient(), 0.1);
            rule.step(state, step.at(1));
        }
        return step.params();
    }

    private static double distance(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
        }
        return Math.sqrt(sum);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 3f80", "1.00390625, 3f80", "1.01171875, 3f82", "-0.0, 8000", "3.4e38, 7f80", "Infinity, 7f80", "1e-40, 1"})
    void numbersAreRoundedToTheNearestHalvesToEven(float value, String hex) {
        assertThat(Integer.toHexString(BFloat16.of(value))).isEqualTo(hex);
    }

    @Test
    void everyBFloat16IsKeptAsItIs() {
        for (int half = 0; half < 1 << 16; half++) {
            float value = BFloat16.toFloat(half);
            assertThat(Float.isNaN(value) ? Float.isNaN(BFloat16.toFloat(BFloat16.of(value))) : BFloat16.of(value) == half).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"small_fc, true", "celo2, true", "velo, false", "celo, false"})
    void rulesThatCoupleTensorsAreToldFromThoseThatDoNot(String name, boolean alone) {
        assertThat(BFloat16State.treatsTensorsAlone(learned(name))).isEqualTo(alone);
    }

    /** Its estimate of the distance is one for all tensors, and takes hundreds of steps to move. */
    @Test
    void prodigyIsFoundToCoupleTensors() {
        assertThat(BFloat16State.treatsTensorsAlone(HandDesigned.named("prodigy", Schedules.constant(0.01)))).isFalse();
    }

    @Test
    void aClipOverAllTensorsCouplesThem() {
        Optimizer adam = Adam.of(Schedules.constant(0.01));
        assertThat(BFloat16State.treatsTensorsAlone(adam)).isTrue();
        assertThat(BFloat16State.treatsTensorsAlone(new GlobalNormClip(adam, 1))).isFalse();
    }

    /** Where nothing is rounded, only the way through the wrapper is left: it must not change a bit. */
    @ParameterizedTest
    @CsvSource({"small_fc", "celo2", "celo", "velo"})
    void aStateThatStaysFloat32GivesTheRulesOwnBits(String name) {
        Optimizer rule = learned(name);
        Set<Integer> all = IntStream.range(0, rule.init(LAYOUT, 50).slots()).boxed().collect(Collectors.toSet());
        Optimizer exact = new BFloat16State(rule, all);
        assertThat(run(exact, exact.init(LAYOUT, 50), 12)).isEqualTo(run(rule, rule.init(LAYOUT, 50), 12));
    }

    @ParameterizedTest
    @CsvSource({"small_fc", "celo2"})
    void stepsWithARoundedStateStayNearThoseWithoutAndCanBeContinued(String name) {
        Optimizer rule = learned(name);
        Optimizer rounded = BFloat16State.of(rule);
        OptimizerState state = rounded.init(LAYOUT, 50);
        float[] start = run(rule, rule.init(LAYOUT, 50), 0);
        float[] plain = run(rule, rule.init(LAYOUT, 50), 12);
        float[] ours = run(rounded, state, 12);
        assertThat(ours).isNotEqualTo(plain);
        assertThat(distance(ours, plain)).isLessThan(0.05 * distance(plain, start));
        OptimizerState restored = rounded.init(LAYOUT, 50);
        restored.restore(state.t(), state.snapshot());
        assertThat(run(rounded, restored, 5)).isEqualTo(run(rounded, state, 5));
    }

    /**
     * Steps far below what bfloat16 tells apart at the size of the parameters: copies of these, and sums of shares as small, would
     * stand still. Rules that read more than gradients are left out, and those whose
     * bases may turn wherever rounding leads them.
     */
    @ParameterizedTest
    @MethodSource("gradientRules")
    void roundingDoesNotStopWhatMovesByLittle(String name) {
        Optimizer rule = HandDesigned.named(name, Schedules.constant(name.startsWith("prodigy") ? 1 : 1e-4));
        float[] start = drift(rule, 0);
        float[] plain = drift(rule, 400);
        float[] ours = drift(BFloat16State.of(rule), 400);
        assertThat(distance(ours, plain)).isLessThan(0.1 * distance(plain, start));
    }

    static List<String> gradientRules() {
        return HandDesigned.names().stream()
                .filter(name -> !Set.of("soap", "shampoo").contains(name))
                .filter(name -> HandDesigned.named(name, Schedules.constant(1)).needs().equals(Set.of(Need.GRADIENT)))
                .toList();
    }

    /** What the network is judged by after so many steps towards a point near the start, by gradients whose sizes come and go. */
    private static float[] drift(Optimizer rule, int steps) {
        OptimizerState state = rule.init(LAYOUT, 400);
        Step step = new Step(new float[LAYOUT.size()], new float[LAYOUT.size()]);
        Rng.of(5, "drift").fillGaussian(step.params(), 1);
        float[] start = step.params().clone();
        for (int t = 0; t < steps; t++) {
            for (int i = 0; i < LAYOUT.size(); i++) {
                double apart = step.params()[i] - start[i] - (i % 2 == 0 ? 0.05 : -0.05);
                step.gradient()[i] = (float) (apart * (1.5 + StrictMath.sin(0.3 * t + i)));
            }
            rule.step(state, step.at(1));
        }
        float[] judged = new float[LAYOUT.size()];
        rule.evaluationParams(state, step.params(), judged);
        return judged;
    }

    @Test
    void adamsStateTakesHalfTheMemory() {
        Optimizer adam = Adam.of(Schedules.constant(0.01));
        ParamLayout large = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(100, 100)), ParamSpec.plain("b", Shape.of(100))));
        assertThat(BFloat16State.of(adam).init(large, 10).bytes()).isEqualTo(adam.init(large, 10).bytes() / 2);
    }
}
