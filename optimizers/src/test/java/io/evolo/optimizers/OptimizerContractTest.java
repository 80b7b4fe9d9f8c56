package io.evolo.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.evolo.optimizers.designed.Adam;
import io.evolo.optimizers.designed.AdamW;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.designed.Sgd;
import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.CeloAdam;
import io.evolo.optimizers.learned.LearnableAdam;
import io.evolo.optimizers.learned.LearnableSgd;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.MlpLopt;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every rule owes to those who run it. */
class OptimizerContractTest {
    private static final Schedule RATE = Schedules.warmupCosine(0.01, 0.001, Span.fraction(0.2));
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            ParamSpec.plain("scalar", Shape.of()),
            ParamSpec.plain("bias", Shape.of(7)),
            ParamSpec.plain("wide", Shape.of(3, 21)),
            ParamSpec.plain("tall", Shape.of(37, 5)),
            ParamSpec.plain("square", Shape.of(16, 16)),
            ParamSpec.plain("kernel", Shape.of(4, 3, 2, 2))));

    /** A rule with the factor of a tensor's scaling that it must respect. */
    record Subject(String name, Optimizer rule, ToDoubleFunction<Scaling> factor) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>(List.of(
                new Subject("sgd", new Sgd(RATE, 0.1), Scaling::sgd),
                new Subject("momentum", Momentum.of(RATE, 0.9, 0.1), Scaling::sgd),
                new Subject("adam", Adam.of(RATE), Scaling::adam),
                new Subject("adamw", AdamW.of(RATE, 0.1), Scaling::adam),
                new Subject("clipped momentum", new GlobalNormClip(Momentum.of(RATE, 0.9, 0.1), 0.3), Scaling::sgd)));
        addLearned(subjects, "small_fc", SmallFc.of(5).withWeightDecay(0.1));
        addLearned(subjects, "celo2", Celo2.published().withWeightDecay(0.1));
        addLearned(subjects, "celo2-base", Celo2.base());
        addLearned(subjects, "velo", Velo.of(16, 8).withWeightDecay(0.1));
        addLearned(subjects, "celo", Celo.published().withWeightDecay(0.1));
        addLearned(subjects, "celo_adam", CeloAdam.published());
        addLearned(subjects, "mlp_lopt", MlpLopt.of(5));
        addLearned(subjects, "small_fc of elo", SmallFc.of(4).withWeightDecay(0.1).withForm(new SmallFc.Form(true, 0.5, false)));
        addLearned(subjects, "celo2 of level gradients", LearnedOptimizers.of("celo2", Map.of("level_gradients", 1.0)));
        addLearned(subjects, "learnable_adam", LearnableAdam.published());
        for (LearnableSgd sgd : List.of(LearnableSgd.plain(), LearnableSgd.heavyBall())) {
            subjects.add(new Subject(sgd.toString(), sgd.bind(sgd.initTheta(Rng.of(7, "theta"))), Scaling::sgd));
        }
        return subjects;
    }

    private static void addLearned(List<Subject> subjects, String name, LearnedOptimizer rule) {
        float[] theta = rule.initTheta(Rng.of(7, "theta"));
        for (Twin twin : Twin.values()) {
            subjects.add(new Subject(name + " " + twin, rule.bind(theta, twin), Scaling::adam));
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aRestoredStateContinuesBitForBit(Subject subject) {
        Optimizer rule = subject.rule();
        Step straight = start(LAYOUT);
        OptimizerState state = rule.init(LAYOUT, 10);
        run(rule, state, straight, 5);
        Step resumed = new Step(straight.params().clone(), straight.gradient().clone());
        OptimizerState restored = rule.init(LAYOUT, 10);
        restored.restore(state.t(), state.snapshot());
        OptimizerState copied = rule.init(LAYOUT, 10);
        copied.copyFrom(state);
        assertThat(copied.sameAs(state)).isTrue();

        run(rule, state, straight, 5);
        run(rule, restored, resumed, 5);

        assertThat(resumed.params()).containsExactly(straight.params());
        assertThat(restored.sameAs(state)).isTrue();
        assertThat(state.t()).isEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void everyTensorMovesAndTheGradientStaysAsItWas(Subject subject) {
        Step step = start(LAYOUT);
        OptimizerState state = subject.rule().init(LAYOUT, 10);
        float[] before = step.params().clone();

        for (int t = 0; t < 2; t++) {
            gradients(t, step.gradient());
            float[] gradient = step.gradient().clone();
            subject.rule().step(state, step.at(1));
            assertThat(step.gradient()).containsExactly(gradient);
        }

        for (int i = 0; i < LAYOUT.tensors(); i++) {
            assertThat(step.params()[LAYOUT.offset(i)]).as(LAYOUT.spec(i).name()).isNotEqualTo(before[LAYOUT.offset(i)]);
        }
        assertThat(step.params()).doesNotContain(Float.NaN);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void runsOfAnyLengthMoveByFiniteSteps(Subject subject) {
        for (int horizon : new int[] {1, 2, 4, 10}) {
            Step step = start(LAYOUT);
            float[] before = step.params().clone();
            run(subject.rule(), subject.rule().init(LAYOUT, horizon), step, horizon);
            double moved = 0;
            for (int i = 0; i < before.length; i++) {
                moved += Math.abs(step.params()[i] - before[i]);
            }
            assertThat(moved / before.length).as("%d steps", horizon).isGreaterThan(0).isLessThan(10 * horizon);
        }
    }

    /** Celo2's orthogonalised matrices and its vectors have different factors; see its own test. */
    static List<Subject> subjectsOfOneFactor() {
        return subjects().stream().filter(subject -> !subject.name().startsWith("celo2 ")).toList();
    }

    @ParameterizedTest
    @MethodSource("subjectsOfOneFactor")
    void updatesAreMultipliedByTheTensorsScaling(Subject subject) {
        Scaling scaling = new Scaling(0, 1, 0.25, 5);
        ParamLayout plain = new ParamLayout(List.of(matrix(Scaling.NONE), vector(Scaling.NONE)));
        ParamLayout scaled = new ParamLayout(List.of(matrix(scaling), vector(scaling)));

        // From 0, so that a parameter is its update, and decay does nothing.
        Step one = new Step(new float[plain.size()], new float[plain.size()]);
        Step other = new Step(new float[plain.size()], new float[plain.size()]);
        gradients(0, one.gradient());
        gradients(0, other.gradient());
        // A single step, at the rate of a later one: the rates of the first are 0 in the warm-up.
        OptimizerState oneState = subject.rule().init(plain, 10);
        OptimizerState otherState = subject.rule().init(scaled, 10);
        oneState.restore(2, oneState.snapshot());
        otherState.restore(2, otherState.snapshot());
        subject.rule().step(oneState, one);
        subject.rule().step(otherState, other);

        double factor = subject.factor().applyAsDouble(scaling);
        for (int i = 0; i < plain.size(); i++) {
            float update = one.params()[i];
            assertThat(update).isNotZero();
            assertThat(other.params()[i] / (double) update).isCloseTo(factor, within(1e-5 * factor));
        }
    }

    private static ParamSpec matrix(Scaling scaling) {
        return new ParamSpec("w", Shape.of(5, 6), Role.HIDDEN, 5, 0, scaling);
    }

    private static ParamSpec vector(Scaling scaling) {
        return new ParamSpec("b", Shape.of(6), Role.VECTOR, 1, 0, scaling);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aGradientThatIsNotANumberIsNotHidden(Subject subject) {
        Step step = start(LAYOUT);
        OptimizerState state = subject.rule().init(LAYOUT, 1);
        state.restore(1, state.snapshot());
        gradients(0, step.gradient());
        step.gradient()[LAYOUT.offset(3) + 2] = Float.NaN;

        subject.rule().step(state, step);

        assertThat(step.params()[LAYOUT.offset(3) + 2]).isNaN();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aStepAllocatesNothing(Subject subject) {
        Step step = start(LAYOUT);
        OptimizerState state = subject.rule().init(LAYOUT, 110);
        run(subject.rule(), state, step, 10);

        // Until a round allocates nothing, for a minute at most: what happens once, such as the loading of a class, is not a step's
        // allocation, nor are the vectors of vector code that a busy machine has not compiled yet.
        long least = Long.MAX_VALUE;
        long patience = System.nanoTime() + 60_000_000_000L;
        while (least > 0 && System.nanoTime() < patience) {
            long before = allocatedBytes();
            for (int i = 0; i < 50; i++) {
                subject.rule().step(state, step);
            }
            least = Math.min(least, allocatedBytes() - before);
        }

        assertThat(least).as("bytes in 50 steps").isZero();
    }

    private static long allocatedBytes() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
    }

    private static Step start(ParamLayout layout) {
        float[] params = new float[layout.size()];
        for (int i = 0; i < params.length; i++) {
            params[i] = (float) StrictMath.cos(0.7 * i + 0.3);
        }
        return new Step(params, new float[layout.size()]);
    }

    private static void run(Optimizer rule, OptimizerState state, Step step, int steps) {
        for (int i = 0; i < steps; i++) {
            gradients(state.t(), step.gradient());
            rule.step(state, step.at(1));
        }
    }

    private static void gradients(int t, float[] gradient) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) (0.2 * StrictMath.sin(1.3 * i + 0.5 * t + 0.1));
        }
    }
}
