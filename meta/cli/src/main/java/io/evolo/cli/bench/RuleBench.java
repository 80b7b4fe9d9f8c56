package io.evolo.cli.bench;

import io.evolo.cli.bench.BenchReport.RuleTime;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.FmaPeak;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** One step of each rule on the tensors of a 784-128-128-10 network. */
final class RuleBench {
    private static final ParamLayout LAYOUT = new ParamLayout(List.of(
            ParamSpec.plain("w1", Shape.of(784, 128)),
            ParamSpec.plain("b1", Shape.of(128)),
            ParamSpec.plain("w2", Shape.of(128, 128)),
            ParamSpec.plain("b2", Shape.of(128)),
            ParamSpec.plain("w3", Shape.of(128, 10)),
            ParamSpec.plain("b3", Shape.of(10))));
    private static final int SMALL_FC_FEATURES = 39;
    private static final int CELO2_FEATURES = 30;
    private static final int MLP_LOPT_FEATURES = 19;
    private static final int ROUNDS = 3;
    private static final int WARM_UP_MILLIS = 1000;
    static final int RULES = 12;

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
                () -> handDesigned("adam"),
                () -> handDesigned("sgd"));
        List<RuleTime> times = new ArrayList<>();
        for (Supplier<RuleTime> rule : rules) {
            times.add(rule.get());
            progress.run();
        }
        return times;
    }

    /** One kernel, so both figures are the same. */
    private static RuleTime handDesigned(String name) {
        double nanos = time(HandDesigned.named(name, Schedules.constant(1e-4)), 0, 0).nanos();
        return new RuleTime(name, 0, LAYOUT.size(), 1, nanos, nanos, 0);
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
        double plain = time(rule.bind(theta, Twin.PLAIN), TENSORS, 0, 0).nanos();
        double fast = time(rule.bind(theta), TENSORS, WARM_UP_MILLIS, 0).nanos();
        double share = (double) TENSORS.size() / LAYOUT.size();
        return new RuleTime("velo-lstm", 512, LAYOUT.size(), 1, fast * share, plain * share, 0);
    }

    /** Nanoseconds per parameter, the least of all rounds; and as a share of the peak, the median of all rounds. */
    private record Time(double nanos, double share) {}

    /** @param flops per parameter; 0: no share is wanted */
    private static Time time(Optimizer rule, int warmUpMillis, double flops) {
        return time(rule, LAYOUT, warmUpMillis, flops);
    }

    private static Time time(Optimizer rule, ParamLayout layout, int warmUpMillis, double flops) {
        OptimizerState state = rule.init(layout, 1_000_000);
        float[] params = new float[layout.size()];
        float[] gradient = new float[layout.size()];
        Rng.of(1, "bench-params").fillGaussian(params, 0.1);
        Rng.of(1, "bench-gradient").fillGaussian(gradient, 0.01);
        Step step = new Step(params, gradient).at(1);
        Runnable work = () -> rule.step(state, step);
        Stopwatch.warmUp(work, warmUpMillis);
        double[] nanos = new double[ROUNDS];
        double[] shares = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            nanos[round] = Stopwatch.fastestNanos(work, 60) / layout.size();
            shares[round] = flops == 0 ? 0 : flops / nanos[round] / FmaPeak.gigaflops(40);
        }
        return new Time(Arrays.stream(nanos).min().orElseThrow(), Stopwatch.median(shares));
    }
}
