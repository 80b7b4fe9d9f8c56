package io.evolo.optimizers.designed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evolo.optimizers.GlobalNormClip;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HandDesignedTest {
    private static final ParamLayout PAIR = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(2))));

    @Test
    void everyNameGivesARuleAndAnUnknownOneTheNearest() {
        for (String name : HandDesigned.names()) {
            assertThat(HandDesigned.named(name, Schedules.constant(0.1))).isNotNull();
        }
        assertThatThrownBy(() -> HandDesigned.named("adma", Schedules.constant(0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean 'adam'?")
                .hasMessageContaining("There are sgd, momentum, nesterov, ");
    }

    static List<Arguments> hyperparameters() {
        return HandDesigned.names().stream()
                .flatMap(name -> HandDesigned.hyperparameters(name).stream().map(hyper -> Arguments.of(name, hyper)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("hyperparameters")
    void aHyperparameterOutOfRangeIsNamedWithItsRuleValueAndRange(String rule, Hyperparameter hyper) {
        Schedule rate = Schedules.constant(0.1);
        double outside = hyper.contains(-0.5) ? Double.NaN : -0.5;
        String message = rule + ": " + hyper.name() + " is " + outside + ", expected a ";

        assertThatThrownBy(() -> HandDesigned.of(rule, Map.of(hyper.name(), outside), rate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .hasMessageEndingWith(hyper.range().toString());
        assertThat(HandDesigned.of(rule, Map.of(hyper.name(), hyper.standard()), rate)).isEqualTo(HandDesigned.named(rule, rate));
        assertThat(hyper.name()).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*");
        assertThat(hyper.meaning()).isNotBlank().doesNotEndWith(".");
    }

    /** The records check their components themselves, in the right order, whoever makes them. */
    @ParameterizedTest
    @MethodSource("hyperparameters")
    void theRecordOfARuleRefusesTheSameValues(String rule, Hyperparameter hyper) throws ReflectiveOperationException {
        assumeFalse(hyper.isSwitch() || hyper.whole(), "a switch has no other values; whole numbers have no NaN");
        Optimizer standard = HandDesigned.named(rule, Schedules.constant(0.1));
        int index = 1 + HandDesigned.hyperparameters(rule).indexOf(hyper);
        RecordComponent[] components = standard.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].getAccessor().invoke(standard);
        }
        values[index] = Double.NaN;
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);

        assertThatThrownBy(() -> standard.getClass().getDeclaredConstructor(types).newInstance(values))
                .cause()
                .hasMessageStartingWith(rule + ": " + hyper.name() + " is NaN");
    }

    /** The table of docs/optimizers.md says of every rule what its record says. */
    @ParameterizedTest
    @MethodSource("names")
    void theTableOfRulesHasEveryHyperparameterWithItsDefault(String rule) throws IOException {
        Path page = Path.of("..", "docs", "optimizers.md");
        assumeTrue(Files.exists(page), "not run in a checkout: there is no " + page.toAbsolutePath());
        String row = Files.readAllLines(page).stream().filter(line -> line.startsWith("| `" + rule + "` |")).findFirst().orElseThrow();

        String cell = row.split("\\|")[3].replace('\u00a0', ' ').trim();

        assertThat(cell.split(", ")).hasSameSizeAs(HandDesigned.hyperparameters(rule));
        for (String entry : cell.split(", ")) {
            String name = entry.split(" ")[0].replace("`", "");
            String value = entry.split(" ")[1].replace("∞", "Infinity");
            assertThat(HandDesigned.hyperparameters(rule))
                    .anySatisfy(hyper -> assertThat(hyper.name() + hyper.standard()).isEqualTo(name + Double.parseDouble(value)));
        }
    }

    /** So does the table of wrappers, but for the weight decay that they take over. */
    @ParameterizedTest
    @MethodSource("wrappers")
    void theTableOfWrappersHasEveryHyperparameterWithItsDefault(String wrapper) throws IOException {
        Path page = Path.of("..", "docs", "optimizers.md");
        assumeTrue(Files.exists(page), "not run in a checkout: there is no " + page.toAbsolutePath());
        String row = Files.readAllLines(page).stream().filter(line -> line.startsWith("| `" + wrapper + "` |")).findFirst().orElseThrow();
        String prefix = wrapper.replace('-', '_') + "_";

        String expected = HandDesigned.hyperparameters("sgd+" + wrapper).stream()
                .filter(hyper -> hyper.name().startsWith(prefix))
                .map(hyper -> "`" + hyper.name().substring(prefix.length()) + "` " + String.valueOf(hyper.standard()).replaceAll("\\.0$", ""))
                .collect(Collectors.joining(", "));

        assertThat(row.split("\\|")[3].trim()).isEqualTo(expected);
    }

    static List<String> wrappers() {
        return HandDesigned.wrappers();
    }

    static List<String> names() {
        return HandDesigned.names();
    }

    @Test
    void aHyperparameterThatARuleDoesNotHaveIsNamedWithTheNearest() {
        assertThatThrownBy(() -> HandDesigned.of("adam", Map.of("beat2", 0.9), Schedules.constant(0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no hyperparameter of adam is named 'beat2'; did you mean 'beta2'?");
    }

    static List<Arguments> epsilons() {
        return hyperparameters().stream()
                .filter(arguments -> ((Hyperparameter) arguments.get()[1]).name().contains("epsilon"))
                .filter(arguments -> !((Hyperparameter) arguments.get()[1]).contains(0))
                .toList();
    }

    /** What is 0 as a float would be divided by, where an element has no gradient. */
    @ParameterizedTest
    @MethodSource("epsilons")
    void anEpsilonBelowAFloatsRangeIsRefused(String rule, Hyperparameter epsilon) {
        assumeFalse(epsilon.isSwitch(), "a switch");
        assertThatThrownBy(() -> HandDesigned.of(rule, Map.of(epsilon.name(), 1e-50), Schedules.constant(0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(rule + ": " + epsilon.name() + " is 1.0E-50, expected a number in [1.2e-38");
    }

    @ParameterizedTest
    @CsvSource({"prodigy, epsilon, 1e-37", "prodigy, d0, 1e-31", "prodigy-schedule-free, epsilon, 1e-37", "simplified-ademamix, epsilon, 2e-38"})
    void aProductOfAnEpsilonBelowAFloatsRangeIsRefused(String rule, String name, double value) {
        assertThatThrownBy(() -> HandDesigned.of(rule, Map.of(name, value), Schedules.constant(0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(rule + ": ")
                .hasMessageContaining("epsilon")
                .hasMessageContaining("the least that a float holds");
    }

    /** As the hidden layers' under muP, whose gradient is 0 until the output has moved, while Adalayer only measures. */
    @Test
    void aBlockWhoseFrozenScaleIsZeroDoesNotMove() {
        Optimizer rule = HandDesigned.of("adalayer", Map.of("freeze", 3.0), Schedules.constant(0.1));
        OptimizerState state = rule.init(PAIR, 8);
        Step step = new Step(new float[] {1, 2}, new float[2]);
        for (int t = 0; t < 8; t++) {
            Arrays.fill(step.gradient(), t < 4 ? 0 : 1);
            rule.step(state, step);
        }

        assertThat(step.params()).containsExactly(1, 2);
    }

    @Test
    void underAdamAnElementThatNeverHadAGradientDoesNotMove() {
        Step step = new Step(new float[] {0.5f, 0.5f}, new float[] {0, 1});
        OptimizerState state = run(Adam.of(Schedules.constant(0.1)), PAIR, step, 3);

        assertThat(step.params()[0]).isEqualTo(0.5f);
        assertThat(step.params()[1]).isNotEqualTo(0.5f);
        assertThat(state.t()).isEqualTo(3);
    }

    @Test
    void theFirstStepOfAdamIsTheRateAgainstTheSignOfTheGradient() {
        Step step = new Step(new float[2], new float[] {1e-3f, -40});
        run(Adam.of(Schedules.constant(0.1)), PAIR, step, 1);

        assertThat(step.params()[0]).isCloseTo(-0.1f, within(1e-5f));
        assertThat(step.params()[1]).isCloseTo(0.1f, within(1e-5f));
    }

    @Test
    void decoupledDecayIsNotScaledByMup() {
        ParamLayout scaled =
                new ParamLayout(List.of(new ParamSpec("w", Shape.of(2), Role.HIDDEN, 2, 0, new Scaling(0, 1, 0.01, 1))));
        Step step = new Step(new float[] {1, 1}, new float[2]);
        run(AdamW.of(Schedules.constant(0.1), 0.5), scaled, step, 1);

        assertThat(step.params()[0]).isCloseTo(0.95f, within(1e-7f));
    }

    @Test
    void momentumRepeatsTheFirstGradientUndamped() {
        Step step = new Step(new float[2], new float[] {1, 0});
        run(Momentum.of(Schedules.constant(0.5), 0.5, 0), PAIR, step, 3);

        // b: 1, 1.5, 1.75.
        assertThat(step.params()[0]).isEqualTo(-0.5f * (1 + 1.5f + 1.75f));
    }

    @Test
    void aClippedGradientHasTheBoundsNormAndASmallerOneIsUntouched() {
        Optimizer clipped = new GlobalNormClip(new Sgd(Schedules.constant(1), 0), 1);
        Step step = new Step(new float[2], new float[] {3, 4});
        run(clipped, PAIR, step, 1);

        // Within 1e-6 / 5, the term that guards against a norm of 0.
        assertThat(step.params()[0]).isCloseTo(-0.6f, within(2e-7f));
        assertThat(step.params()[1]).isCloseTo(-0.8f, within(2e-7f));
        assertThat(step.gradient()).containsExactly(3, 4);

        Step small = new Step(new float[2], new float[] {0.3f, 0.4f});
        run(clipped, PAIR, small, 1);
        assertThat(small.params()).containsExactly(-0.3f, -0.4f);
    }

    @Test
    void aClipAroundAClipIsRefused() {
        GlobalNormClip clip = new GlobalNormClip(new Sgd(Schedules.constant(1), 0), 1);
        assertThatThrownBy(() -> new GlobalNormClip(clip, 2)).hasMessageContaining("smaller bound");
    }

    @Test
    void hyperparametersOutOfRangeAreRefused() {
        Schedule rate = Schedules.constant(0.1);
        assertThatThrownBy(() -> AdamUpdate.torch(1, 0.9, 1e-8)).hasMessageContaining("beta1 is 1.0");
        assertThatThrownBy(() -> AdamUpdate.torch(0.9, 0.9, 0)).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> AdamW.of(rate, Double.NaN)).hasMessage("adamw: weight_decay is NaN, expected a number in [0, ∞)");
        assertThatThrownBy(() -> Momentum.of(rate, 1, 0)).hasMessageContaining("[0, 1)");
        assertThatThrownBy(() -> new Sgd(rate, -1)).hasMessage("sgd: weight_decay is -1.0, expected a number in [0, ∞)");
        assertThatThrownBy(() -> Schedules.constant(-1)).hasMessageContaining("rate is -1.0");
    }

    private static OptimizerState run(Optimizer rule, ParamLayout layout, Step step, int steps) {
        OptimizerState state = rule.init(layout, steps);
        for (int i = 0; i < steps; i++) {
            rule.step(state, step);
        }
        return state;
    }
}
