package io.evolo.optimizers.dl4j;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.Usage;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Traits;
import io.evolo.optimizers.guard.FeatureGuard;
import io.evolo.optimizers.guard.Rails;
import io.evolo.optimizers.guard.SafetyRails;
import io.evolo.optimizers.learned.Packages;
import io.evolo.schema.Schema;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.annotation.JsonSerialize;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A learned optimizer as DL4J's updater.
 *
 * <pre>
 * .updater(LearnedUpdater.load(Path.of("quickstart.evolo")))   // in the configuration, in place of new Adam(1e-3)
 * MultiLayerNetwork network = Attach.to(new MultiLayerNetwork(configuration));   // in place of init()
 * network.fit(data);
 * </pre>
 *
 * <p>The package travels inside the network's configuration, so that copies and saved networks have it.
 */
public final class LearnedUpdater implements RuleUpdater {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(LearnedUpdater.class);
    private static final ISchedule AS_LEARNED = new FixedSchedule(1);

    @JsonSerialize(using = WrittenOnce.BytesWriter.class)
    private final byte[] packageFile;

    private final int horizon;
    private final int threads;
    private final int baseWidth;
    private final String widthOf;
    private final boolean movesUnseenRows;
    private final String rails;
    private final boolean guarded;
    private final ISchedule rate;

    @JsonSerialize(using = WrittenOnce.TextWriter.class)
    private final String tensors;

    private transient BoundRule bound;
    private transient boolean beyondHorizon;
    private transient boolean heldBack;

    /**
     * The package's rule on one thread, under the parametrization that the package says: {@link Attach} asks it of the network's family
     * ({@link NetworkFamily}); under the standard one where it says nothing.
     */
    public LearnedUpdater(LearnedOptimizerPackage learned) {
        this(learned.content(), Options.first(saidBaseWidth(learned, Options.ANY)), NetworkPlan.NONE, AS_LEARNED);
        Gpus.requireServed();
    }

    private LearnedUpdater(byte[] packageFile, Options options, NetworkPlan plan, ISchedule rate) {
        this(packageFile, options.horizon(), options.threads(), options.baseWidth(), options.widthOf(), options.movesUnseenRows(),
                Schema.write(options.rails()), options.guarded(), rate, plan.encode());
    }

    @JsonCreator
    private LearnedUpdater(
            @JsonProperty("packageFile") @JsonDeserialize(using = WrittenOnce.BytesReader.class) byte[] packageFile,
            @JsonProperty("horizon") int horizon,
            @JsonProperty("threads") int threads,
            @JsonProperty("baseWidth") int baseWidth,
            @JsonProperty("widthOf") String widthOf,
            @JsonProperty("movesUnseenRows") boolean movesUnseenRows,
            @JsonProperty("rails") String rails,
            @JsonProperty("guarded") boolean guarded,
            @JsonProperty("rate") ISchedule rate,
            @JsonProperty("tensors") @JsonDeserialize(using = WrittenOnce.TextReader.class) String tensors) {
        this.packageFile = packageFile;
        this.horizon = horizon;
        this.threads = threads;
        this.baseWidth = baseWidth;
        this.widthOf = widthOf == null ? Options.USER : widthOf; // what a training of an earlier release has begun with stays
        this.movesUnseenRows = movesUnseenRows;
        this.rails = rails == null ? "" : rails; // as with the rate
        this.guarded = guarded;
        this.rate = rate == null ? AS_LEARNED : rate; // configurations of earlier releases have none
        this.tensors = tensors;
    }

    /**
     * The updater of a package file.
     *
     * @throws io.evolo.checkpoints.CheckpointException if the file is not good; the message says why
     */
    public static LearnedUpdater load(Path file) {
        return new LearnedUpdater(Packages.load(file));
    }

    /**
     * The updater of a package that ships inside, as {@code LearnedUpdater.load("evolo-default")}; other hyperparameters may follow, as
     * on the command line: {@code "evolo-celo2:rate=0.5"}.
     *
     * @param nameOrFile one of {@link io.evolo.checkpoints.ShippedPackages#names}, or a file
     * @throws io.evolo.checkpoints.CheckpointException if it is neither, or the file is not good; the message says why
     * @throws IllegalArgumentException if a hyperparameter is unknown or out of place
     */
    public static LearnedUpdater load(String nameOrFile) {
        return new LearnedUpdater(Packages.named(nameOrFile));
    }

    /**
     * For rules that plan over the run: its number of iterations, at least 1. Iterations = epochs × batches per epoch; under truncated
     * back-propagation through time epochs × batches × segments per batch, where segments = ⌈sequence length / segment length⌉.
     * {@link Attach#to(org.deeplearning4j.nn.multilayer.MultiLayerNetwork,
     * org.nd4j.linalg.dataset.api.iterator.DataSetIterator, int)} counts them.
     */
    @Override
    public LearnedUpdater horizon(int iterations) {
        if (iterations < 1) {
            throw new IllegalArgumentException("horizon is " + iterations + " iterations, expected at least 1");
        }
        return with(options().withHorizon(iterations));
    }

    /** How many threads a step may use, at least 1; the result is the same with any number. */
    public LearnedUpdater threads(int count) {
        return with(options().withThreads(count));
    }

    /** Scales updates by muP with this base width, at least 1, whatever the package says; see {@link MupAdvisor}. */
    public LearnedUpdater mup(int width) {
        if (width < 1) {
            throw new IllegalArgumentException("base width is " + width + ", expected at least 1");
        }
        return with(options().withBaseWidth(width, Options.USER));
    }

    /**
     * Moves the rows of embeddings from the first step on. Without this they stay until they are looked up for the first time, for
     * learned rules move on gradients of zero.
     */
    public LearnedUpdater moveUnseenRows() {
        return with(options().withUnseenRows());
    }

    /**
     * Holds the training back, as {@link SafetyRails} does: {@code new Rails(0.1, true, 10, 50, 3, 0, 1)} caps updates and goes back to good
     * parameters after a loss or gradient that is not finite, or a spike. The first time that they act is logged as a warning. The cap
     * is of the update before the rate multiplies it. Rails that go back look at the loss, and at all tensors of the updater at once.
     */
    public LearnedUpdater rails(Rails held) {
        return with(options().within(held));
    }

    /**
     * Logs a warning, once a tensor, where the rule sees what is far from all that it saw in meta-training; changes nothing else. See
     * {@link FeatureGuard}.
     *
     * @throws IllegalArgumentException if the package has no statistics of what it saw
     */
    public LearnedUpdater guard() {
        FeatureGuard.logging(Packages.bind(learned()), learned().featureStatistics());
        return with(options().withGuard());
    }

    private LearnedUpdater with(Options options) {
        return new LearnedUpdater(packageFile, options, plan(), rate);
    }

    /** Multiplies the rule's updates by a positive number; 1 is what it has learned. {@link Attach#rate} changes it in a training. */
    public LearnedUpdater rate(double multiplier) {
        if (!(multiplier > 0)) {
            throw new IllegalArgumentException("rate is " + multiplier + ", expected a positive number; 1 is what the rule has learned");
        }
        return rate(new FixedSchedule(multiplier));
    }

    /** Multiplies the rule's updates by what DL4J's schedule gives for each iteration. */
    public LearnedUpdater rate(ISchedule multiplier) {
        return new LearnedUpdater(packageFile, options(), plan(), multiplier);
    }

    @Override
    public double multiplier(int iteration, int epoch) {
        return rate.valueAt(iteration, epoch);
    }

    /** The multiplier: a learned rule has no other rate. DL4J multiplies weight decay by it, unless told not to. */
    @Override
    public double getLearningRate(int iteration, int epoch) {
        return multiplier(iteration, epoch);
    }

    /** The package itself. */
    public LearnedOptimizerPackage learned() {
        return Packages.load(packageFile, "the package in the network's configuration");
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

    @Override
    public synchronized boolean firstHeldBack() {
        boolean first = !heldBack;
        heldBack = true;
        return first;
    }

    private BoundRule bind() {
        LearnedOptimizerPackage learned = learned();
        LOG.info("{}", chosen(learned));
        Optimizer rule = Packages.bind(learned);
        Optimizer guard = guarded ? FeatureGuard.logging(rule, learned.featureStatistics()) : rule;
        Options options = options();
        Traits traits = options.rails().rollBack() ? Traits.of(rule).goingBack() : Traits.of(rule);
        return BoundRule.of("package '" + learned.name() + "'", options.rails().around(guard), traits, options, plan());
    }

    /** Which parametrization this is, and who has said so. */
    String chosen(LearnedOptimizerPackage learned) {
        String choice = baseWidth == 0 ? "the standard parametrization" : "muP with base width " + baseWidth;
        String source = switch (widthOf) {
            case Options.USER -> "as .mup said";
            case Options.ANY -> learned.usage().isPresent()
                    ? "as it says"
                    : "for it says nothing; add .mup(baseWidth) if it was meta-trained under muP";
            default -> "as it says of networks of the family " + widthOf;
        };
        return "package '" + learned.name() + "' under " + choice + ", " + source;
    }

    /** 0 for the standard parametrization. */
    private static int saidBaseWidth(LearnedOptimizerPackage learned, String family) {
        return learned.usage()
                .map(usage -> usage.families().getOrDefault(family, usage.networks()))
                .filter(said -> said.kind().equals("mup"))
                .map(Usage.Scaling::baseWidth)
                .orElse(0);
    }

    /** With the base width that the package says of this family, unless the user or an earlier network has said one. */
    @Override
    public LearnedUpdater inFamily(String family) {
        LearnedOptimizerPackage learned = learned();
        boolean named = learned.usage().filter(usage -> usage.families().containsKey(family)).isPresent();
        return named && widthOf.equals(Options.ANY)
                ? with(options().withBaseWidth(saidBaseWidth(learned, family), family))
                : this;
    }

    @Override
    public LearnedUpdater with(NetworkPlan plan) {
        return new LearnedUpdater(packageFile, options(), plan, rate);
    }

    private Options options() {
        Rails held = Schema.of(Rails.class).read(rails, "the rails of an updater");
        return new Options(horizon, threads, baseWidth, widthOf, movesUnseenRows, held, guarded);
    }

    private NetworkPlan plan() {
        return NetworkPlan.parse(tensors);
    }

    /** This: it never changes. */
    @Override
    public LearnedUpdater clone() {
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LearnedUpdater that
                && Arrays.equals(packageFile, that.packageFile)
                && options().equals(that.options())
                && rate.equals(that.rate)
                && tensors.equals(that.tensors);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(packageFile), options(), rate, tensors);
    }

    @Override
    public String toString() {
        return "LearnedUpdater(" + bound().name() + ", " + options() + ", " + rate + ")";
    }
}
