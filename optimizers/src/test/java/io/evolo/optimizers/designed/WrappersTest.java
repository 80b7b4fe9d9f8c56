package io.evolo.optimizers.designed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What wrappers do beside the contract of all rules; that each repeats its source, the recorded runs show. */
class WrappersTest {
    private static final Schedule RATE = Schedules.constant(0.1);
    private static final ParamLayout PAIR = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(2))));
    private static final ParamLayout NETWORK = new ParamLayout(List.of(
            hidden("square", Scaling.NONE, 6, 6), hidden("kernel", Scaling.NONE, 3, 3, 2, 4), ParamSpec.plain("bias", Shape.of(5))));

    private static ParamSpec hidden(String name, Scaling scaling, int... axes) {
        return new ParamSpec(name, Shape.of(axes), Role.HIDDEN, 6, 0, scaling);
    }

    private static Optimizer rule(String name, String key, double value) {
        return HandDesigned.of(name, Map.of(key, value), RATE);
    }

    private static Step random(ParamLayout layout) {
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(1, "w").fillGaussian(step.params(), 1);
        return step;
    }

    private static OptimizerState run(Optimizer rule, ParamLayout layout, Step step, int steps) {
        OptimizerState state = rule.init(layout, 20);
        for (int t = 0; t < steps; t++) {
            Rng.of(2, "g", t).fillGaussian(step.gradient(), 1);
            rule.step(state, step.at(1));
        }
        return state;
    }

    static List<String> wrappers() {
        return HandDesigned.wrappers();
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void needsAndRemarksAreThoseOfTheRuleInside(String wrapper) {
        assertThat(HandDesigned.named("zo-signsgd+" + wrapper, RATE).needs()).isEqualTo(HandDesigned.named("zo-signsgd", RATE).needs());
        assertThat(HandDesigned.named("muon+" + wrapper, RATE).needs()).containsExactly(Need.GRADIENT);
        assertThat(HandDesigned.named("muon+" + wrapper, RATE).remarks(NETWORK))
                .containsAll(HandDesigned.named("muon", RATE).remarks(NETWORK));
    }

    @Test
    void hyperparametersOfWrappersBearTheirNames() {
        assertThat(HandDesigned.hyperparameters("momentum+lookahead").stream().map(Hyperparameter::name))
                .containsExactly("momentum", "dampening", "weight_decay", "rate_inside", "lookahead_every", "lookahead_alpha",
                        "lookahead_reset_momentum", "lookahead_pull_momentum");
        assertThat(HandDesigned.of("adam+lookahead", Map.of("lookahead_alpha", 0.8, "beta1", 0.8), RATE))
                .isEqualTo(new Lookahead(new Adam(RATE, 0.8, 0.999, 1e-8, 0, false), 5, 0.8, false, false));
        assertThatThrownBy(() -> rule("adam+lookahead", "lookahead_alpa", 1))
                .hasMessageStartingWith("no hyperparameter of adam+lookahead is named 'lookahead_alpa'; did you mean 'lookahead_alpha'?");
        assertThatThrownBy(() -> rule("adam+lookahead", "lookahead_alpha", 2))
                .hasMessage("adam+lookahead: lookahead_alpha is 2.0, expected a number in [0, 1]");
    }

    @Test
    void wrappersStandInTheirOrderAndAreKnown() {
        assertThatThrownBy(() -> HandDesigned.named("adam+lookahead+cautious", RATE)).hasMessageEndingWith("write adam+cautious+lookahead");
        assertThatThrownBy(() -> HandDesigned.named("adam+lookahead+lookahead", RATE)).hasMessageEndingWith("write adam+lookahead");
        assertThatThrownBy(() -> HandDesigned.named("adam+lookahed", RATE))
                .hasMessageStartingWith("no wrapper is named 'lookahed'; did you mean 'lookahead'?");
        assertThatThrownBy(() -> HandDesigned.named("adm+lookahead", RATE)).hasMessageContaining("did you mean 'adam'?");
        assertThat(HandDesigned.parts("adam+cautious+tail-ema")).containsExactly("adam", "cautious", "tail-ema");
    }

    /** The outermost wrapper that decays does so in the place of all within it. */
    @Test
    void aWrapperTakesOverTheDecayOfItsRule() {
        assertThat(HandDesigned.named("adamw+cautious", RATE))
                .isEqualTo(new Cautious(AdamW.of(RATE, 0), RATE, 0.01, 1e-3, false));
        assertThat(HandDesigned.of("adamw+cautious+cautious-decay", Map.of("weight_decay", 0.3), RATE))
                .isEqualTo(new CautiousDecay(new Cautious(AdamW.of(RATE, 0), RATE, 0, 1e-3, false), RATE, 0.3, false));
        assertThat(HandDesigned.named("adamw+lookahead", RATE))
                .isEqualTo(new Lookahead(AdamW.of(RATE, 0.01), 5, 0.5, false, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cautious", "cautious-decay", "hyperball", "lookahead", "ema-nesterov"})
    void aRuleWhoseParametersStandElsewhereTooIsRefused(String wrapper) {
        assertThatThrownBy(() -> HandDesigned.named("schedule-free-adamw+" + wrapper, RATE).init(NETWORK, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(wrapper + ": the rule inside keeps parameters of its own");
    }

    @Test
    void whatCautiousMovesIsAgainstTheGradientAndAsLongInAll() {
        Step step = new Step(new float[2], new float[] {1, 1});
        Optimizer rule = HandDesigned.of("momentum+cautious", Map.of("momentum", 0.5), RATE);
        OptimizerState state = rule.init(PAIR, 10);
        rule.step(state, step);
        assertThat(step.params()).containsExactly(-0.1f, -0.1f);

        step.gradient()[0] = -0.25f; // momentum is .25 and 1.5
        rule.step(state, step);

        assertThat(step.params()[0]).isEqualTo(-0.1f);
        assertThat(step.params()[1]).isCloseTo(-0.1f - 2 * 0.15f, within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0.85", "-1, 1, -1.1", "1, -1, 1.1", "-1, -1, -0.85", "1, 0, 0.95"})
    void cautiousDecayActsOnWeightsThatTheStepDoesNotLengthen(float weight, float gradient, float after) {
        Step step = new Step(new float[] {weight, 0}, new float[] {gradient, 1});
        run(HandDesigned.of("sgd+cautious-decay", Map.of("weight_decay", 0.5), RATE), step);
        assertThat(step.params()[0]).isCloseTo(after, within(1e-6f));
        assertThat(step.params()[1]).isEqualTo(-0.1f);
    }

    @Test
    void strictCautiousDecayLeavesWeightsAloneThatTheStepLeaves() {
        Step step = new Step(new float[] {1, 1}, new float[] {0, 1});
        run(HandDesigned.of("sgd+cautious-decay", Map.of("weight_decay", 0.5, "cautious_decay_strict", 1.0), RATE), step);
        assertThat(step.params()[0]).isEqualTo(1);
        assertThat(step.params()[1]).isCloseTo(0.85f, within(1e-6f));
    }

    private static void run(Optimizer rule, Step step) {
        rule.step(rule.init(PAIR, 10), step);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "adamw", "muon", "soap", "lion"})
    void hyperballKeepsTheNormOfHiddenMatricesAndMovesThemByTheAngle(String name) {
        Step step = random(NETWORK);
        float[] before = step.params().clone();
        Optimizer rule = HandDesigned.named(name + "+hyperball", RATE);
        run(rule, NETWORK, step, 12);
        for (int i = 0; i < 2; i++) {
            double norm = Norms.norm(before, NETWORK.offset(i), NETWORK.offset(i + 1));
            assertThat(Norms.norm(step.params(), NETWORK.offset(i), NETWORK.offset(i + 1))).isCloseTo(norm, within(1e-6 * norm));
        }

        Step one = random(NETWORK);
        run(rule, NETWORK, one, 2);
        Step next = random(NETWORK);
        OptimizerState state = run(rule, NETWORK, next, 2);
        Rng.of(2, "g", 2).fillGaussian(next.gradient(), 1);
        rule.step(state, next);
        double product = 0;
        for (int i = 0; i < 36; i++) {
            product += (double) one.params()[i] * next.params()[i];
        }
        // A step of length η R turns by an angle up to atan η; less, where it lies along the matrix.
        double cosine = product / Norms.squares(one.params(), 0, 36);
        assertThat(cosine).isBetween(Math.cos(Math.atan(0.1)) - 1e-6, 0.9999);
    }

    @Test
    void hyperballRefusesAMatrixOfZeros() {
        Step step = new Step(new float[NETWORK.size()], new float[NETWORK.size()]);
        Optimizer rule = HandDesigned.named("adam+hyperball", RATE);
        OptimizerState state = rule.init(NETWORK, 10);
        assertThatThrownBy(() -> rule.step(state, step)).hasMessageStartingWith("hyperball: matrix 'square' is 0 at the start");
    }

    @Test
    void hyperballLeavesAMatrixWithoutGradientAndMultipliesTheStepsOfOthers() {
        Step plain = random(NETWORK);
        Step wrapped = random(NETWORK);
        float[] before = plain.params().clone();
        for (int i = NETWORK.offset(2); i < NETWORK.size(); i++) {
            plain.gradient()[i] = 1;
            wrapped.gradient()[i] = 1;
        }
        Optimizer adam = Adam.of(RATE);
        adam.step(adam.init(NETWORK, 10), plain);
        Optimizer ball = rule("adam+hyperball", "hyperball_others", 0.5);
        ball.step(ball.init(NETWORK, 10), wrapped);

        for (int i = 0; i < before.length; i++) {
            float expected = before[i] + (plain.params()[i] - before[i]) / 2;
            assertThat(wrapped.params()[i]).isCloseTo(expected, within(1e-6f));
        }
    }

    @Test
    void hyperballsAngleIsTheSameAtEveryWidthUnlessStepsAreCoherent() {
        Scaling scaling = new Scaling(0, 1, 0.25, 4);
        float[] plain = turned("adam+hyperball:0", Scaling.NONE);
        assertThat(turned("adam+hyperball:0", scaling)).containsExactly(plain);
        assertThat(distance(turned("adam+hyperball:1", scaling), new float[36])).isPositive();
        double full = distance(plain, random(NETWORK).params());
        assertThat(distance(turned("adam+hyperball:1", scaling), random(NETWORK).params())).isCloseTo(full / 2, within(0.02 * full));
    }

    private static float[] turned(String nameAndCoherent, Scaling scaling) {
        ParamLayout layout = new ParamLayout(List.of(hidden("w", scaling, 6, 6)));
        Step step = new Step(new float[36], new float[36]);
        System.arraycopy(random(NETWORK).params(), 0, step.params(), 0, 36);
        double coherent = Double.parseDouble(nameAndCoherent.split(":")[1]);
        run(rule(nameAndCoherent.split(":")[0], "hyperball_coherent", coherent), layout, step, 1);
        return step.params();
    }

    private static double distance(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
        }
        return Math.sqrt(sum);
    }

    @Test
    void lookaheadDrawsMomentumBackOfRulesThatHaveOne() {
        OptimizerState reset = run(rule("adam+lookahead", "lookahead_reset_momentum", 1), PAIR, random(PAIR), 5);
        assertThat(reset.slot(0)).containsExactly(0, 0);
        assertThat(reset.slot(1)).doesNotContain(0);

        OptimizerState left = run(HandDesigned.named("adam+lookahead", RATE), PAIR, random(PAIR), 5);
        OptimizerState pulled = run(rule("adam+lookahead", "lookahead_pull_momentum", 1), PAIR, random(PAIR), 5);
        assertThat(pulled.slot(0)[0]).isCloseTo(left.slot(0)[0] / 2, within(1e-7f));
        assertThatThrownBy(() -> rule("sgd+lookahead", "lookahead_reset_momentum", 1).init(PAIR, 10)).hasMessageContaining("no momentum");
        assertThatThrownBy(() -> new Lookahead(Adam.of(RATE), 5, 0.5, true, true)).hasMessageContaining("either set to 0 or drawn back");
    }

    @Test
    void emaNesterovIsJudgedWhereItsRuleHasComeTo() {
        Optimizer rule = HandDesigned.of("sgd+ema-nesterov",
                Map.of("ema_nesterov_prefill", 0.0, "ema_nesterov_rest", 0.0, "ema_nesterov_decay", 0.5), RATE);
        Step step = new Step(new float[2], new float[] {1, 2});
        OptimizerState state = rule.init(PAIR, 10);
        rule.step(state, step);
        float[] judged = new float[2];
        rule.evaluationParams(state, step.params(), judged);

        assertThat(judged).containsExactly(-0.1f, -0.2f);
        // The mean of displacements is half of the first one, and .6 of it is ahead.
        assertThat(step.params()[0]).isCloseTo(-0.1f - 0.6f * 0.05f, within(1e-6f));
    }

    @Test
    void tailEmaTrainsAsWithoutAndIsJudgedBetweenTheLastAndTheMean() {
        Step plain = random(PAIR);
        Step tailed = random(PAIR);
        run(Adam.of(RATE), PAIR, plain, 18);
        Optimizer rule = HandDesigned.of("adam+tail-ema", Map.of("tail_ema_begin", 0.8, "tail_ema_tau", 0.05), RATE);
        OptimizerState state = run(rule, PAIR, tailed, 18);
        Step middle = random(PAIR);
        run(Adam.of(RATE), PAIR, middle, 17);
        float[] judged = new float[2];
        rule.evaluationParams(state, tailed.params(), judged);

        assertThat(tailed.params()).containsExactly(plain.params());
        // τ is one step, so that the mean is of the parameters before the last step.
        assertThat(judged[0]).isCloseTo(0.4f * plain.params()[0] + 0.6f * middle.params()[0], within(1e-6f));
    }
}
