package io.evolo.optimizers.designed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every rule that has a name owes to those who run it. That it does what its source does, the recorded runs show. */
class HandDesignedContractTest {
    private static final Schedule RATE = Schedules.warmupCosine(0.01, 0.001, Span.fraction(0.2));
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            ParamSpec.plain("scalar", Shape.of()),
            ParamSpec.plain("norm/gain", Shape.of(7)),
            ParamSpec.plain("embed", Shape.of(3, 21)),
            ParamSpec.plain("qkv", Shape.of(37, 6)),
            ParamSpec.plain("square", Shape.of(16, 16)),
            ParamSpec.plain("kernel", Shape.of(4, 3, 2, 2)),
            new ParamSpec("out", Shape.of(16, 5), Role.OUTPUT, 16, 0, Scaling.NONE)));

    private static final String ALL_AROUND_MUON = "muon+cautious+cautious-decay+hyperball+grokfast+lookahead+ema-nesterov+tail-ema";

    /** Rates at which a rule converges under a warm-up and a cosine to 0; found by half-decades from 1e-4 to 10. */
    private record Rates(double parabola, double rosenbrock) {}

    private static final Map<String, Rates> RATES = Map.ofEntries(
            Map.entry("sgd", new Rates(1, 0.0032)),
            Map.entry("momentum", new Rates(1, 0.0032)),
            Map.entry("nesterov", new Rates(0.32, 0.001)),
            Map.entry("adagrad", new Rates(10, 1)),
            Map.entry("rmsprop", new Rates(0.32, 0.01)),
            Map.entry("rmsprop-tf", new Rates(0.032, 0.01)),
            Map.entry("adam", new Rates(10, 0.32)),
            Map.entry("adamw", new Rates(3.2, 0.32)),
            Map.entry("adamw-transformers", new Rates(3.2, 0.32)),
            Map.entry("nadam", new Rates(10, 0.1)),
            Map.entry("nadamw", new Rates(3.2, 0.1)),
            Map.entry("nadamw-velo", new Rates(1, 0.32)),
            Map.entry("adafactor", new Rates(0.32, 0.032)),
            Map.entry("adafactor-kempner", new Rates(0.032, 0.032)),
            Map.entry("lion", new Rates(0.032, 0.01)),
            Map.entry("signum", new Rates(0.01, 0.01)),
            Map.entry("adalayer", new Rates(0.01, 0.0032)),
            Map.entry("adalayer-last", new Rates(10, 0.032)),
            Map.entry("lars", new Rates(1, 0.0032)),
            Map.entry("larc", new Rates(1, 0.0032)),
            Map.entry("lamb", new Rates(0.1, 0.01)),
            Map.entry("lamb-paper", new Rates(0.32, 10)),
            Map.entry("tvlars", new Rates(1, 0.0032)),
            Map.entry("adam-exp-clip", new Rates(3.2, 0.032)),
            Map.entry("schedule-free-adamw", new Rates(10, 0.32)),
            Map.entry("prodigy", new Rates(10, 0.32)),
            Map.entry("ademamix", new Rates(10, 1)),
            Map.entry("simplified-ademamix", new Rates(0.32, 0.00032)),
            Map.entry("adopt", new Rates(10, 1)),
            Map.entry("adan", new Rates(3.2, 0.01)),
            Map.entry("mars", new Rates(0.32, 0.01)),
            Map.entry("mars-lion", new Rates(0.1, 0.01)),
            Map.entry("prodigy-schedule-free", new Rates(3.2, 0.1)),
            Map.entry("muon", new Rates(1, 3.2)),
            Map.entry("normuon", new Rates(1, 1)),
            Map.entry("muon-squared", new Rates(0.32, 0.01)),
            Map.entry("adamuon", new Rates(0.32, 0.32)),
            Map.entry("soap", new Rates(0.1, 0.01)),
            Map.entry("kl-shampoo", new Rates(3.2, 0.032)),
            Map.entry("kl-soap", new Rates(1, 0.032)),
            Map.entry("soap-muon", new Rates(10, 0.1)),
            Map.entry("shampoo", new Rates(3.2, 10)),
            Map.entry("psgd-kron", new Rates(0.032, 0.01)),
            Map.entry("dion", new Rates(0.32, 0.1)),
            Map.entry("scion", new Rates(0.01, 0.0032)),
            Map.entry("kfac", new Rates(1, 0.0032)),
            Map.entry("mkor", new Rates(1, 0.0032)),
            Map.entry("mkor-h", new Rates(1, 0.0032)),
            Map.entry("zo-signsgd", new Rates(0.1, 1)),
            Map.entry("ngdiff", new Rates(0.032, 1)));

    /** Every wrapper around a rule, and all but one around another. */
    private static final Map<String, Rates> WRAPPED = Map.of(
            "adam+cautious", new Rates(3.2, 0.32),
            "adamw+cautious-decay", new Rates(1, 0.32),
            "adam+hyperball", new Rates(3.2, 0.32),
            "adamw+grokfast", new Rates(3.2, 0.32),
            "adamw+grokfast-ma", new Rates(10, 0.1),
            "momentum+lookahead", new Rates(0.32, 0.0032),
            "adamw+ema-nesterov", new Rates(1, 0.32),
            "adamw+tail-ema", new Rates(1, 0.32),
            ALL_AROUND_MUON, new Rates(10, 1));

    /** What a rule needs beside a rate to converge within the steps here: its own sum of gradients is slower than they are long. */
    private static final Map<String, Map<String, Double>> SETTINGS = Map.of("simplified-ademamix", Map.of("alpha", 10.0));

    /** Rules that mix the elements of a matrix. */
    private static final Set<String> MIXING =
            Set.of("muon", "normuon", "muon-squared", "adamuon", "soap", "kl-shampoo", "kl-soap", "soap-muon", "shampoo",
                    "psgd-kron", "dion", "scion", ALL_AROUND_MUON);

    /** Rules that do not read the gradient. */
    private static final Set<String> BLIND = Set.of("zo-signsgd");

    /** What muP multiplies a rule's update of a matrix and of a vector by; the others have tests of their own. */
    private record Factors(Function<Scaling, Double> matrix, Function<Scaling, Double> vector) {}

    private static final Factors ADAM = new Factors(Scaling::adam, Scaling::adam);
    private static final Factors SGD = new Factors(Scaling::sgd, Scaling::sgd);
    private static final Factors LAYERWISE_SGD = new Factors(Scaling::relative, Scaling::sgd);
    private static final Factors LAYERWISE_ADAM = new Factors(Scaling::relative, Scaling::adam);

    private static final Map<String, Factors> FACTORS = new HashMap<>(Map.ofEntries(
            Map.entry("sgd", SGD),
            Map.entry("momentum", SGD),
            Map.entry("nesterov", SGD),
            Map.entry("adafactor", new Factors(Scaling::relative, Scaling::relative)),
            Map.entry("adalayer-last", SGD),
            Map.entry("lars", LAYERWISE_SGD),
            Map.entry("larc", LAYERWISE_SGD),
            Map.entry("tvlars", LAYERWISE_SGD),
            Map.entry("lamb", LAYERWISE_ADAM),
            Map.entry("lamb-paper", LAYERWISE_ADAM)));

    static {
        for (String name : List.of(
                "adagrad", "rmsprop", "rmsprop-tf", "adam", "adamw", "adamw-transformers", "adam+cautious", "adamw+grokfast", "nadam", "nadamw", "nadamw-velo", "adafactor-kempner", "lion",
                "signum", "adalayer", "adam-exp-clip", "schedule-free-adamw", "prodigy", "ademamix", "simplified-ademamix", "adopt", "adan",
                "mars", "mars-lion", "prodigy-schedule-free")) {
            FACTORS.put(name, ADAM);
        }
    }

    static List<String> names() {
        return Stream.concat(HandDesigned.names().stream(), WRAPPED.keySet().stream().sorted()).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void findsTheMinimumOfAParabola(String name) {
        Optimizer rule = converging(name, rates(name).parabola());

        assertThat(Problems.PARABOLA.lossAfter(rule, 500)).isLessThan(1e-5 * Problems.PARABOLA.initialLoss());
    }

    @ParameterizedTest
    @MethodSource("names")
    void findsTheEndOfRosenbrocksValley(String name) {
        Optimizer rule = converging(name, rates(name).rosenbrock());

        assertThat(Problems.ROSENBROCK.lossAfter(rule, 4000)).isLessThan(1e-3 * Problems.ROSENBROCK.initialLoss());
    }

    private static Optimizer converging(String name, double rate) {
        return HandDesigned.of(name, SETTINGS.getOrDefault(name, Map.of()), Schedules.warmupCosine(rate, 0, Span.fraction(0.05)));
    }

    private static Rates rates(String name) {
        if (WRAPPED.containsKey(name)) {
            return WRAPPED.get(name);
        }
        assertThat(RATES).as("rates of a new rule belong here").containsKey(name);
        return RATES.get(name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStepOfAnotherLengthIsRefused(String name) {
        Optimizer rule = HandDesigned.named(name, RATE);
        OptimizerState state = rule.init(LAYOUT, 10);
        int other = LAYOUT.size() + 1;
        Step step = new Step(new float[other], new float[other], new Signals(List.of(), List.of(x -> 1), new float[other]));

        assertThatThrownBy(() -> rule.step(state, step))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(other + " parameters")
                .hasMessageContaining(String.valueOf(LAYOUT.size()));
    }

    /** Without decay; rules that mix the elements of a matrix leave a matrix alone that has no gradient at all. */
    @ParameterizedTest
    @MethodSource("names")
    void whatHasNoGradientDoesNotMove(String name) {
        assumeFalse(BLIND.contains(name), name + " does not read the gradient");
        Optimizer rule = HandDesigned.of(name, withoutDecay(name), RATE);
        Step step = start(LAYOUT);
        float[] before = step.params().clone();
        OptimizerState state = rule.init(LAYOUT, 10);

        for (int t = 0; t < 6; t++) {
            gradients(t, step.gradient());
            Arrays.fill(step.gradient(), LAYOUT.offset(4), LAYOUT.offset(5), 0);
            for (int i = 0; !MIXING.contains(name) && i < before.length; i += 3) {
                step.gradient()[i] = 0;
            }
            rule.step(state, step.at(1));
        }

        for (int i = 0; i < before.length; i++) {
            boolean still = i >= LAYOUT.offset(4) && i < LAYOUT.offset(5) || !MIXING.contains(name) && i % 3 == 0;
            if (still) {
                assertThat(step.params()[i]).as("element %d", i).isEqualTo(before[i]);
            }
        }
        assertThat(step.params()).isNotEqualTo(before).doesNotContain(Float.NaN);
    }

    private static Map<String, Double> withoutDecay(String name) {
        Map<String, Double> hyper = new HashMap<>();
        for (Hyperparameter one : HandDesigned.hyperparameters(name)) {
            if (one.name().endsWith("weight_decay")) {
                hyper.put(one.name(), 0.0);
            }
            if (one.name().equals("unconstrained")) {
                hyper.put(one.name(), 1.0); // a ball draws to 0 as decay does
            }
        }
        return hyper;
    }

    @ParameterizedTest
    @MethodSource("names")
    void aRestoredStateContinuesBitForBit(String name) {
        Optimizer rule = HandDesigned.named(name, RATE);
        Step straight = start(LAYOUT);
        OptimizerState state = rule.init(LAYOUT, 10);
        run(rule, state, straight, 5);
        Step resumed = new Step(straight.params().clone(), straight.gradient().clone(), signals());
        OptimizerState restored = rule.init(LAYOUT, 10);
        restored.restore(state.t(), state.snapshot());

        run(rule, state, straight, 5);
        run(rule, restored, resumed, 5);

        assertThat(resumed.params()).containsExactly(straight.params());
        assertThat(restored.sameAs(state)).isTrue();
        assertThat(state.t()).isEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("names")
    void runsOnManyThreadsGiveTheBitsOfOneAlone(String name) {
        Optimizer rule = HandDesigned.named(name, RATE);
        Step alone = start(LAYOUT);
        run(rule, rule.init(LAYOUT, 8), alone, 8);

        List<float[]> together = IntStream.range(0, 4).parallel().mapToObj(i -> {
            Step step = start(LAYOUT);
            run(rule, rule.init(LAYOUT, 8), step, 8);
            return step.params();
        }).toList();

        assertThat(together).allSatisfy(params -> assertThat(params).containsExactly(alone.params()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void theGradientStaysAsItWasAndNotANumberIsNotHidden(String name) {
        assumeFalse(BLIND.contains(name), name + " does not read the gradient");
        Optimizer rule = HandDesigned.named(name, RATE);
        Step step = start(LAYOUT);
        OptimizerState state = rule.init(LAYOUT, 10);
        run(rule, state, step, 3);
        gradients(3, step.gradient());
        step.gradient()[LAYOUT.offset(3) + 2] = Float.NaN;
        float[] gradient = step.gradient().clone();

        rule.step(state, step);
        boolean hidden = !Float.isNaN(step.params()[LAYOUT.offset(3) + 2]) && !Float.isNaN(state.slots() == 0 ? 0 : sum(state));

        assertThat(step.gradient()).containsExactly(gradient);
        assertThat(hidden).isFalse();
    }

    private static float sum(OptimizerState state) {
        float sum = 0;
        for (int i = 0; i < state.slots(); i++) {
            for (float value : state.slot(i)) {
                sum += value;
            }
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("names")
    void updatesAreMultipliedByTheTensorsScaling(String name) {
        assumeTrue(FACTORS.containsKey(name), name + " has a test of its own");
        Scaling scaling = new Scaling(0, 1, 0.25, 5);
        ParamLayout plain = new ParamLayout(List.of(matrix(Scaling.NONE), vector(Scaling.NONE)));
        ParamLayout scaled = new ParamLayout(List.of(matrix(scaling), vector(scaling)));
        Optimizer rule = HandDesigned.named(name, Schedules.constant(0.01));
        // From 0, so that a parameter is its update, and decay does nothing; norms of parameters count as 1 there.
        Step one = new Step(new float[plain.size()], new float[plain.size()]);
        Step other = new Step(new float[plain.size()], new float[plain.size()]);
        gradients(0, one.gradient());
        gradients(0, other.gradient());

        OptimizerState ofOne = rule.init(plain, 10);
        OptimizerState ofOther = rule.init(scaled, 10);
        do { // ADOPT makes no step at first.
            rule.step(ofOne, one);
            rule.step(ofOther, other);
        } while (one.params()[0] == 0 && ofOne.t() < 2);

        for (int i = 0; i < plain.size(); i++) {
            double factor = (i < plain.offset(1) ? FACTORS.get(name).matrix() : FACTORS.get(name).vector()).apply(scaling);
            assertThat(one.params()[i]).isNotZero();
            assertThat(other.params()[i] / (double) one.params()[i]).isCloseTo(factor, within(1e-5 * factor));
        }
    }

    private static ParamSpec matrix(Scaling scaling) {
        return new ParamSpec("w", Shape.of(5, 6), Role.HIDDEN, 5, 0, scaling);
    }

    private static ParamSpec vector(Scaling scaling) {
        return new ParamSpec("b", Shape.of(6), Role.VECTOR, 1, 0, scaling);
    }

    /** Whatever the gradients, and whichever of them are 0: steps from parameters of order 1 end at finite ones. */
    @ParameterizedTest
    @MethodSource("names")
    void stepsAlongGradientsOfAnySizeAreFinite(String name) {
        for (float size : new float[] {0, 1e-38f, 1e-30f, 1e-10f, 1e10f, 1e30f}) {
            Optimizer rule = HandDesigned.named(name, Schedules.constant(1e-3));
            Step step = start(LAYOUT);
            OptimizerState state = rule.init(LAYOUT, 10);
            for (int t = 0; t < 6; t++) {
                gradients(t, step.gradient());
                for (int i = 0; i < step.gradient().length; i++) {
                    step.gradient()[i] *= isLeft(i, t) ? 0 : size;
                }
                rule.step(state, step.at(1));
            }
            for (int i = 0; i < LAYOUT.tensors(); i++) {
                float[] w = Arrays.copyOfRange(step.params(), LAYOUT.offset(i), LAYOUT.offset(i + 1));
                assertThat(w).as("%s, gradients of %s", LAYOUT.spec(i).name(), size).satisfies(HandDesignedContractTest::isFinite);
            }
        }
    }

    /** One matrix has no gradient at all, and every third element elsewhere none at first. */
    private static boolean isLeft(int i, int t) {
        return i >= LAYOUT.offset(4) && i < LAYOUT.offset(5) || i % 3 == 0 && t < 3;
    }

    private static void isFinite(float[] values) {
        for (float value : values) {
            assertThat(value).isFinite();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStepAllocatesNothing(String name) {
        assumeFalse(List.of("zo-signsgd", "psgd-kron").contains(name), "draws from a generator of its own at every step");
        Optimizer rule = HandDesigned.named(name, RATE);
        Step step = start(LAYOUT);
        OptimizerState state = rule.init(LAYOUT, 1000);
        run(rule, state, step, 10);

        // Until a round allocates nothing, for three minutes at most: what happens once, such as the loading
        // of a class, is not a step's, nor are the vectors of vector code that a busy machine has not compiled yet.
        long least = Long.MAX_VALUE;
        long patience = System.nanoTime() + 180_000_000_000L;
        while (least > 0 && System.nanoTime() < patience) {
            long before = allocatedBytes();
            for (int i = 0; i < 50; i++) {
                rule.step(state, step);
            }
            least = Math.min(least, allocatedBytes() - before);
        }

        assertThat(least).isZero();
    }

    private static long allocatedBytes() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
    }

    private static Step start(ParamLayout layout) {
        float[] params = new float[layout.size()];
        for (int i = 0; i < params.length; i++) {
            params[i] = (float) StrictMath.cos(0.7 * i + 0.3);
        }
        return new Step(params, new float[layout.size()], signals());
    }

    /** A loss elsewhere that is linear, and a second objective without gradient. */
    private static Signals signals() {
        return new Signals(List.of(), List.of(x -> x[0] - x[1]), new float[LAYOUT.size()]);
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
