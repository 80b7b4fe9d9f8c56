package io.evolo.cli.bench;

import io.evolo.cli.bench.BenchReport.RuleTime;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.tasks.DenseLayer;
import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.FmaPeak;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** One step of each rule on the tensors of a 784-128-128-10 network. */
final class RuleBench {
    private static final ParamLayout LAYOUT = new ParamLayout(
            List.of(
                    spec("w1", Role.INPUT, 784, 128),
                    spec("b1", Role.VECTOR, 128),
                    spec("w2", Role.HIDDEN, 128, 128),
                    spec("b2", Role.VECTOR, 128),
                    spec("w3", Role.OUTPUT, 128, 10),
                    spec("b3", Role.VECTOR, 10)),
            List.of(new DenseLayer(0, 1), new DenseLayer(2, 3), new DenseLayer(4, 5)));
    private static final int BATCH = 128;
    private static final int SMALL_FC_FEATURES = 39;
    private static final int CELO2_FEATURES = 30;
    private static final int MLP_LOPT_FEATURES = 19;
    private static final int ROUNDS = 5;
    private static final int ROUND_MILLIS = 40;
    private static final int WARM_UP_MILLIS = 500;
    /** Plain twins are only to be told from the fast ones. */
    private static final int PLAIN_WARM_UP_MILLIS = 250;
    /** After which no further round begins: a step of K-FAC takes a second. */
    private static final long LONGEST_NANOS = 1_000_000_000;
    static final int RULES = 15;

    /** As many tensors as the network has, of one element each: a step of VeLO on them is the recurrent network's alone. */
    private static final ParamLayout TENSORS = new ParamLayout(
            LAYOUT.specs().stream().map(spec -> ParamSpec.plain(spec.name(), Shape.of(1))).toList());

    private RuleBench() {}

    static List<RuleTime> run(Runnable progress) {
        List<Supplier<RuleTime>> rules = List.of(
                () -> learned("small_fc", 32, Map.of("hidden", 32.0), macs(SMALL_FC_FEATURES, 32, 2)),
                () -> learned("small_fc", 4, Map.of("hidden", 4.0), macs(SMALL_FC_FEATURES, 4, 2)),
                () -> learned("celo2-base", 8, Map.of("orthogonalize", 0.0, "adam_for_1d", 0.0), macs(CELO2_FEATURES, 8, 3)),
                () -> learned("celo2", 8, Map.of(), macs(CELO2_FEATURES, 8, 3)),
                () -> learned("mlp_lopt", 32, Map.of(), macs(MLP_LOPT_FEATURES, 32, 2)),
                () -> learned("celo", 4, Map.of(), macs(CELO2_FEATURES, 4, 3)),
                () -> learned("celo_adam", 0, Map.of(), 0),
                () -> learned("muvelo", 4, Map.of(), macs(CELO2_FEATURES, 4, 3)),
                () -> learned("velo", 4, Map.of(), macs(CELO2_FEATURES, 4, 3)),
                RuleBench::veloLstm,
                () -> handDesigned("adam", 1),
                () -> handDesigned("sgd", 1),
                () -> handDesigned("soap", 10), // one of ten steps improves the bases
                () -> handDesigned("muon", 1),
                () -> handDesigned("kfac", 1));
        List<RuleTime> times = new ArrayList<>();
        for (Supplier<RuleTime> rule : rules) {
            times.add(rule.get());
            progress.run();
        }
        return times;
    }

    /** One kernel, so both figures are the same. */
    private static RuleTime handDesigned(String name, int period) {
        Optimizer rule = HandDesigned.named(name, Schedules.constant(1e-4));
        double nanos = time(rule, LAYOUT, period, WARM_UP_MILLIS, 0).nanos();
        return new RuleTime(name, 0, LAYOUT.size(), 1, nanos, nanos, 0);
    }

    private static ParamSpec spec(String name, Role role, int... axes) {
        return new ParamSpec(name, Shape.of(axes), role, axes[0], 0, Scaling.NONE);
    }

    /** Multiply-adds of a network of two hidden layers, per parameter. */
    private static int macs(int features, int hidden, int outputs) {
        return features * hidden + hidden * hidden + hidden * outputs;
    }

    private static RuleTime learned(String name, int hidden, Map<String, Double> hyper, int macs) {
        LearnedOptimizer rule = LearnedOptimizers.of(name.equals("celo2-base") ? "celo2" : name, hyper);
        float[] theta = rule.initTheta(Rng.of(1, "bench-theta"));
        Time plain = time(rule.bind(theta, Twin.PLAIN), 0, 0);
        Time fast = time(rule.bind(theta), WARM_UP_MILLIS, 2.0 * macs);
        return new RuleTime(name, hidden, LAYOUT.size(), 1, fast.nanos(), plain.nanos(), fast.share());
    }

    /** The recurrent part of a step of VeLO, per parameter of the network, so that it can be subtracted. */
    private static RuleTime veloLstm() {
        LearnedOptimizer rule = LearnedOptimizers.of("velo", Map.of());
        float[] theta = rule.initTheta(Rng.of(1, "bench-theta"));
        double plain = time(rule.bind(theta, Twin.PLAIN), TENSORS, 1, 0, 0).nanos();
        double fast = time(rule.bind(theta), TENSORS, 1, WARM_UP_MILLIS, 0).nanos();
        double share = (double) TENSORS.size() / LAYOUT.size();
        return new RuleTime("velo-lstm", 512, LAYOUT.size(), 1, fast * share, plain * share, 0);
    }

    /** Nanoseconds per parameter, and operations as a share of the peak: both of the round that is the median. */
    private record Time(double nanos, double share) {}

    /** @param flops per parameter; 0: no share is wanted */
    private static Time time(Optimizer rule, int warmUpMillis, double flops) {
        return time(rule, LAYOUT, 1, warmUpMillis, flops);
    }

    /** @param period steps after which all have been made that take longer than others */
    private static Time time(Optimizer rule, ParamLayout layout, int period, int warmUpMillis, double flops) {
        OptimizerState state = rule.init(layout, 1_000_000);
        Step step = step(layout);
        Runnable work = () -> {
            for (int i = 0; i < period; i++) {
                rule.step(state, step);
            }
        };
        if (warmUpMillis > 0) {
            Stopwatch.warmUp(work, warmUpMillis);
        } else {
            Stopwatch.fastestNanos(work, PLAIN_WARM_UP_MILLIS);
        }
        List<Time> rounds = new ArrayList<>();
        long end = System.nanoTime() + LONGEST_NANOS;
        while (rounds.isEmpty() || rounds.size() < ROUNDS && System.nanoTime() < end) {
            double nanos = Stopwatch.fastestNanos(work, ROUND_MILLIS) / period / layout.size();
            rounds.add(new Time(nanos, flops == 0 ? 0 : flops / nanos / FmaPeak.gigaflops(ROUND_MILLIS)));
        }
        rounds.sort(Comparator.comparingDouble(flops == 0 ? Time::nanos : Time::share));
        return rounds.get(rounds.size() / 2);
    }

    /** Random parameters and gradients, and random inputs and output gradients of the dense layers. */
    private static Step step(ParamLayout layout) {
        float[] params = new float[layout.size()];
        float[] gradient = new float[layout.size()];
        Rng.of(1, "bench-params").fillGaussian(params, 0.1);
        Rng.of(1, "bench-gradient").fillGaussian(gradient, 0.01);
        List<DenseSignals> signals = new ArrayList<>();
        for (DenseLayer layer : layout.dense()) {
            Shape shape = layout.spec(layer.weight()).shape();
            float[] memory = new float[BATCH * (shape.axis(0) + shape.axis(1))];
            Rng.of(1, "bench-signals", layer.weight()).fillGaussian(memory, 0.1);
            signals.add(new DenseSignals(memory, 0, BATCH * shape.axis(0), BATCH));
        }
        return new Step(params, gradient, new Signals(signals, List.of(), new float[0])).at(1);
    }
}
