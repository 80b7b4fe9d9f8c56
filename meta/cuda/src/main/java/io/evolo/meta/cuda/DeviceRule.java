package io.evolo.meta.cuda;

import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.learned.BaseDecays;
import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.Factoring;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import io.evolo.tasks.ParamLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A learned rule as the device sees it: its kernels' source, and what a lane keeps of it.
 *
 * @param precision of its network
 * @param mostOfOneBlock smaller side of a matrix up to which one block makes it orthogonal; beyond, many blocks share it
 */
record DeviceRule(LearnedOptimizer rule, Precision precision, int mostOfOneBlock) {
    /** Beyond, one product has work for more than eight blocks. */
    private static final int MOST_OF_ONE_BLOCK = 128;

    private static final int K = 3;

    /** Moving averages of the loss that VeLO and Celo keep, and as many minima. */
    static final int SPANS = 10;

    /** Decays of the accumulators. */
    static final int DECAYS = 2 * K + 1;

    /** Units whose weights fit a block's 48 kB of shared memory: in float32, and on tensor cores, where inputs lie there too. */
    private static final int MOST_UNITS = 95;

    private static final int MOST_UNITS_ON_TENSOR_CORES = 64;

    DeviceRule(LearnedOptimizer rule, Precision precision) {
        this(rule, precision, MOST_OF_ONE_BLOCK);
    }

    /** The rule in float32. */
    DeviceRule(LearnedOptimizer rule) {
        this(rule, Precision.FLOAT32);
    }

    /** What of the rule has no kernels, in words; empty if all has them. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        String name = rule.getClass().getSimpleName();
        if (!(rule instanceof SmallFc || rule instanceof Celo2 || rule instanceof Celo || rule instanceof Velo)) {
            return List.of("the rule " + name);
        }
        int most = precision.onTensorCores() ? MOST_UNITS_ON_TENSOR_CORES : MOST_UNITS;
        if (precision.onTensorCores() && !(rule instanceof SmallFc)) {
            missing.add("the rule " + name + " on tensor cores, which are for small_fc; leave " + precision.key() + " out");
        } else if (hidden() > most) {
            missing.add("the rule " + name + " with " + hidden() + " units in " + precision.key() + ", at most " + most);
        }
        return missing;
    }

    private IllegalArgumentException none() {
        return new IllegalArgumentException("no kernels for " + missing());
    }

    private int hidden() {
        return switch (rule) {
            case SmallFc smallFc -> smallFc.hidden();
            case Celo2 celo2 -> celo2.hidden();
            case Celo celo -> celo.hidden();
            case Velo velo -> velo.hidden();
            default -> throw none();
        };
    }

    /** The source of the kernels, to be compiled with {@link #defines}. */
    String source() {
        return switch (rule) {
            case SmallFc _ when precision.onTensorCores() -> Sources.rule("seen", "small_fc", "tensor", "small_fc_tensor");
            case SmallFc _ -> Sources.rule("seen", "small_fc", "small_fc_float32");
            case Celo2 _ -> Sources.rule("seen", "columns", "celo2");
            case Celo _ -> Sources.rule("columns", "hyper", "celo");
            case Velo _ -> Sources.rule("columns", "hyper", "velo");
            default -> throw none();
        };
    }

    /** The macros that the kernels are compiled with; of those of tensor.cu, which knows two precisions, one is just there. */
    Map<String, String> defines() {
        Map<String, String> defines = new LinkedHashMap<>(switch (rule) {
            case SmallFc _ -> Map.of("COLUMNS", "28", "OUTPUTS", "2", "WIDTH", "2", "LIMIT", "(1.0f/0.0f)");
            case Celo2 _ -> Map.of("COLUMNS", "30", "OUTPUTS", "1", "WIDTH", "3", "LIMIT", "1000.0f");
            case Celo _, Velo _ -> Map.of("COLUMNS", "30", "OUTPUTS", "2", "WIDTH", "3", "LIMIT", "1000.0f");
            default -> throw none();
        });
        defines.put("HIDDEN", Integer.toString(hidden()));
        if (precision.onTensorCores()) {
            defines.put(precision.name(), "1");
        }
        return defines;
    }

    /** The schedule that gives the lanes' rates. */
    Schedule rate() {
        return switch (rule) {
            case SmallFc smallFc -> smallFc.rate();
            case Celo2 celo2 -> celo2.rate();
            case Celo celo -> celo.rate();
            case Velo velo -> velo.rate();
            default -> throw none();
        };
    }

    /** The decays before theta's offsets, and where these begin in theta, or -1: struct BaseDecays of control.cu. */
    byte[] baseDecays() {
        BaseDecays base = switch (rule) {
            case SmallFc smallFc -> smallFc.decays();
            case Celo2 celo2 -> celo2.decays();
            case Celo celo -> celo.decays();
            case Velo velo -> velo.decays();
            default -> throw none();
        };
        int offsets = rule instanceof SmallFc smallFc && smallFc.learnedDecays() ? thetas() - DECAYS : -1;
        return new Struct()
                .doubles(base.momentum1(), base.momentum2(), base.momentum3(), base.rms(), base.adafactor1(), base.adafactor2(),
                        base.adafactor3())
                .ints(offsets, 0)
                .toBytes();
    }

    /** Size of theta. */
    int thetas() {
        return rule.thetaLayout().size();
    }

    Factoring factoring(ParamLayout layout) {
        return rule instanceof Velo velo ? Factoring.of(layout, velo.ties()) : Factoring.of(layout);
    }

    /** The lengths of a state's slots, as the rules on the CPU have them. */
    int[] slots(ParamLayout layout) {
        int d = layout.size();
        int a = factoring(layout).accumulators();
        return switch (rule) {
            case Celo celo when celo.scheduled() -> new int[] {d, d, d, d, a, a, a, 2 * SPANS, celo.lstm(), celo.lstm()};
            case Velo velo -> {
                int units = layout.tensors() * velo.lstm();
                yield new int[] {d, d, d, d, a, a, a, 2 * SPANS, units, units};
            }
            default -> new int[] {d, d, d, d, a, a, a};
        };
    }

    /** Floats that a lane's parameters and state take: what a checkpoint keeps. */
    int kept(ParamLayout layout) {
        return layout.size() + Arrays.stream(slots(layout)).sum();
    }
}
