package io.evolo.optimizers.dl4j;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.Usage;
import io.evolo.optimizers.learned.Packages;
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
    private final boolean movesUnseenRows;
    private final ISchedule rate;

    @JsonSerialize(using = WrittenOnce.TextWriter.class)
    private final String tensors;

    private transient BoundRule bound;
    private transient boolean beyondHorizon;

    /**
     * The package's rule on one thread, under the parametrization that the package says for networks of any family; under the standard one
     * where it says nothing.
     */
    public LearnedUpdater(LearnedOptimizerPackage learned) {
        this(learned.content(), new Options(0, 1, saidBaseWidth(learned), false), NetworkPlan.NONE, AS_LEARNED);
        Gpus.requireServed();
    }

    private LearnedUpdater(byte[] packageFile, Options options, NetworkPlan plan, ISchedule rate) {
        this(packageFile, options.horizon(), options.threads(), options.baseWidth(), options.movesUnseenRows(), rate, plan.encode());
    }

    @JsonCreator
    private LearnedUpdater(
            @JsonProperty("packageFile") @JsonDeserialize(using = WrittenOnce.BytesReader.class) byte[] packageFile,
            @JsonProperty("horizon") int horizon,
            @JsonProperty("threads") int threads,
            @JsonProperty("baseWidth") int baseWidth,
            @JsonProperty("movesUnseenRows") boolean movesUnseenRows,
            @JsonProperty("rate") ISchedule rate,
            @JsonProperty("tensors") @JsonDeserialize(using = WrittenOnce.TextReader.class) String tensors) {
        this.packageFile = packageFile;
        this.horizon = horizon;
        this.threads = threads;
        this.baseWidth = baseWidth;
        this.movesUnseenRows = movesUnseenRows;
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
        return new LearnedUpdater(packageFile, new Options(iterations, threads, baseWidth, movesUnseenRows), plan(), rate);
    }

    /** How many threads a step may use, at least 1; the result is the same with any number. */
    public LearnedUpdater threads(int count) {
        return new LearnedUpdater(packageFile, new Options(horizon, count, baseWidth, movesUnseenRows), plan(), rate);
    }

    /** Scales updates by muP with this base width, at least 1, whatever the package says; see {@link MupAdvisor}. */
    public LearnedUpdater mup(int width) {
        if (width < 1) {
            throw new IllegalArgumentException("base width is " + width + ", expected at least 1");
        }
        return new LearnedUpdater(packageFile, new Options(horizon, threads, width, movesUnseenRows), plan(), rate);
    }

    /**
     * Moves the rows of embeddings from the first step on. Without this they stay until they are looked up for the first time, for
     * learned rules move on gradients of zero.
     */
    public LearnedUpdater moveUnseenRows() {
        return new LearnedUpdater(packageFile, new Options(horizon, threads, baseWidth, true), plan(), rate);
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

    private BoundRule bind() {
        LearnedOptimizerPackage learned = learned();
        LOG.info("{}", chosen(learned));
        return BoundRule.of("package '" + learned.name() + "'", Packages.bind(learned), options(), plan());
    }

    /** Which parametrization this is, and who has said so. */
    String chosen(LearnedOptimizerPackage learned) {
        String choice = baseWidth == 0 ? "the standard parametrization" : "muP with base width " + baseWidth;
        String source = learned.usage().isEmpty() && baseWidth == 0
                ? "for it says nothing; add .mup(baseWidth) if it was meta-trained under muP"
                : learned.usage().isPresent() && baseWidth == saidBaseWidth(learned) ? "as it says" : "as .mup said";
        return "package '" + learned.name() + "' under " + choice + ", " + source;
    }

    /** 0 for the standard parametrization. */
    private static int saidBaseWidth(LearnedOptimizerPackage learned) {
        return learned.usage().map(Usage::networks).filter(said -> said.kind().equals("mup")).map(Usage.Scaling::baseWidth).orElse(0);
    }

    @Override
    public LearnedUpdater with(NetworkPlan plan) {
        return new LearnedUpdater(packageFile, options(), plan, rate);
    }

    private Options options() {
        return new Options(horizon, threads, baseWidth, movesUnseenRows);
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
