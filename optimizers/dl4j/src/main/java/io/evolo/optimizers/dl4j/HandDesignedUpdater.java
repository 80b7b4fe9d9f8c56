package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.RuleName;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Span;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.guard.Rails;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.annotation.JsonSerialize;

/**
 * A hand-designed rule of this project as DL4J's updater: {@code .updater(new HandDesignedUpdater("lion", 1e-4))}, then
 * {@link Attach#to}. Names and hyperparameters are those of {@link HandDesigned}.
 */
public final class HandDesignedUpdater implements RuleUpdater {
    private static final long serialVersionUID = 1;

    private final String rule;
    private final TreeMap<String, Double> hyperparameters;
    private final double rate;
    private final double warmup;
    private final double end;
    private final int horizon;
    private final int threads;
    private final int baseWidth;

    @JsonSerialize(using = WrittenOnce.TextWriter.class)
    private final String tensors;

    private transient BoundRule bound;
    private transient boolean beyondHorizon;

    /**
     * The rule of that name at a constant rate, with its usual hyperparameters but for those that follow the name, as on the command
     * line: {@code "adamw:beta2=0.95,weight_decay=0.1"}.
     *
     * @throws IllegalArgumentException if name, hyperparameter or value is not right; the message names the nearest one
     */
    public HandDesignedUpdater(String rule, double rate) {
        this(RuleName.parse(rule), rate);
    }

    private HandDesignedUpdater(RuleName rule, double rate) {
        this(rule.name(), rate, rule.hyperparameters());
    }

    /**
     * The rule of that name at a constant rate.
     *
     * @throws IllegalArgumentException if name, hyperparameter or value is not right; the message names the nearest one
     */
    public HandDesignedUpdater(String rule, double rate, Map<String, Double> hyperparameters) {
        this(rule, hyperparameters, rate, -1, 0, 0, 1, 0, "");
        Gpus.requireServed();
        bound();
    }

    @JsonCreator
    private HandDesignedUpdater(
            @JsonProperty("rule") String rule,
            @JsonProperty("hyperparameters") Map<String, Double> hyperparameters,
            @JsonProperty("rate") double rate,
            @JsonProperty("warmup") double warmup,
            @JsonProperty("end") double end,
            @JsonProperty("horizon") int horizon,
            @JsonProperty("threads") int threads,
            @JsonProperty("baseWidth") int baseWidth,
            @JsonProperty("tensors") @JsonDeserialize(using = WrittenOnce.TextReader.class) String tensors) {
        this.rule = rule;
        this.hyperparameters = new TreeMap<>(hyperparameters);
        this.rate = rate;
        this.warmup = warmup;
        this.end = end;
        this.horizon = horizon;
        this.threads = threads;
        this.baseWidth = baseWidth;
        this.tensors = tensors;
    }

    /**
     * With a linear warm-up to the rate and a half cosine down to another over the run; see {@link Schedules.Cosine}.
     *
     * @param warmupFraction share of the run, [0, 1]
     * @param endRate rate at the run's end, at least 0
     * @param iterations of the run, at least 1; see {@link #horizon}
     */
    public HandDesignedUpdater cosine(double warmupFraction, double endRate, int iterations) {
        Span.fraction(warmupFraction);
        return new HandDesignedUpdater(rule, hyperparameters, rate, warmupFraction, endRate, atLeastOne("horizon", iterations),
                threads, baseWidth, tensors);
    }

    /** How many threads a step may use, at least 1; the result is the same with any number. */
    public HandDesignedUpdater threads(int count) {
        return new HandDesignedUpdater(rule, hyperparameters, rate, warmup, end, horizon, atLeastOne("threads", count), baseWidth,
                tensors);
    }

    /**
     * For rules that plan over the run: its number of iterations, at least 1. Iterations = epochs × batches per epoch; under truncated
     * back-propagation through time epochs × batches × segments per batch, where segments = ⌈sequence length / segment length⌉.
     * {@link Attach#to(org.deeplearning4j.nn.multilayer.MultiLayerNetwork,
     * org.nd4j.linalg.dataset.api.iterator.DataSetIterator, int)} counts them.
     */
    @Override
    public HandDesignedUpdater horizon(int iterations) {
        return new HandDesignedUpdater(rule, hyperparameters, rate, warmup, end, atLeastOne("horizon", iterations), threads,
                baseWidth, tensors);
    }

    /** Scales updates by muP with this base width, at least 1; see {@link MupAdvisor}. */
    public HandDesignedUpdater mup(int width) {
        return new HandDesignedUpdater(rule, hyperparameters, rate, warmup, end, horizon, threads, atLeastOne("base width", width),
                tensors);
    }

    private static int atLeastOne(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " is " + value + ", expected at least 1");
        }
        return value;
    }

    private Schedule schedule() {
        return warmup < 0 ? Schedules.constant(rate) : Schedules.cosine(rate, end, Span.fraction(warmup));
    }

    @Override
    public synchronized BoundRule bound() {
        if (bound == null) {
            bound = BoundRules.of(this, this::bind);
        }
        return bound;
    }

    @Override
    public synchronized boolean firstBeyondHorizon() {
        boolean first = !beyondHorizon;
        beyondHorizon = true;
        return first;
    }

    private BoundRule bind() {
        Options options = new Options(horizon, threads, baseWidth, Options.USER, true, Rails.OFF, false);
        return BoundRule.of(rule, HandDesigned.of(rule, hyperparameters, schedule()), options, NetworkPlan.parse(tensors));
    }

    @Override
    public HandDesignedUpdater with(NetworkPlan plan) {
        return new HandDesignedUpdater(rule, hyperparameters, rate, warmup, end, horizon, threads, baseWidth, plan.encode());
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return schedule().rate(iteration, Math.max(1, horizon));
    }

    /** This: it never changes. */
    @Override
    public HandDesignedUpdater clone() {
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HandDesignedUpdater that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    private List<Object> values() {
        return List.of(rule, hyperparameters, rate, warmup, end, horizon, threads, baseWidth, tensors);
    }

    @Override
    public String toString() {
        return "HandDesignedUpdater(" + values() + ")";
    }
}
