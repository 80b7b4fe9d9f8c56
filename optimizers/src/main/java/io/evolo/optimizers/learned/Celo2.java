package io.evolo.optimizers.learned;

import io.evolo.optimizers.ChangedGradient;
import io.evolo.optimizers.LevelGradients;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.AdamUpdate;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import java.util.Locale;

/**
 * The learned rule "celo2": for every element of a parameter, 30 features of its gradient history, normalised over the last two axes,
 * go through a network 30 → hidden → hidden → 3, whose first output is the direction; directions are orthogonalised if asked for and
 * brought to root mean square 1 over the last two axes. Source: Celo2 (arXiv 2602.19142), rms decay .95, no magnitude head.
 *
 * <p>The update is p ← p − rate·(s·step + weightDecay·p), where s is the tensor's muP factor: {@code Scaling.orthogonal}
 * of orthogonalised matrices, {@code Scaling.adam} of everything else.
 * Gradients are clipped to ±1000 elementwise first. Slices of tensors of rank above 2 (all axes but the last two fixed) are matrices
 * of their own; a tensor of rank 0 or 1 is one slice with 15 features and is never orthogonalised. The network's other two outputs
 * take no part; they are there so that published weights fit.
 *
 * <p>Gradients that are not a number are used as they are and give parameters that are none: divergence is counted where the run is
 * watched.
 *
 * @param hidden units per hidden layer, at least 1; 8 in the source
 * @param orthogonalize whether directions of matrices go through {@link NewtonSchulz}
 * @param vectors what moves tensors of rank 0 and 1, and embeddings
 * @param rate the learning rate: the root mean square of a matrix's step
 * @param weightDecay decoupled decay per unit of rate, at least 0; not scaled by muP
 * @param decays of the accumulators; see {@link #DECAYS}
 * @param levelGradients gradients are seen at the size that they have at the base width, as {@link LevelGradients} has it. The source
 *     does not do that, and was published without muP: gradients that shrink with the width fall below the 1e-8 under Adam's root, and
 *     vectors no longer move
 */
public record Celo2(
        int hidden,
        boolean orthogonalize,
        VectorRule vectors,
        Schedule rate,
        double weightDecay,
        BaseDecays decays,
        boolean levelGradients)
        implements LearnedOptimizer {

    /** Features per element of a matrix. */
    static final int INPUTS = 30;

    /** Features per element of a tensor of rank 0 or 1: the first of {@link #INPUTS}; the other inputs are 0. */
    static final int VECTOR_INPUTS = 15;

    static final int OUTPUTS = 3;

    /** What the inputs of an element are, in their order; those of VeLO and Celo too. */
    static final List<InputGroup.Kind> KINDS = List.of(
            new InputGroup.Kind("g", 1),
            new InputGroup.Kind("g clipped", 1),
            new InputGroup.Kind("w", 1),
            new InputGroup.Kind("m", 3),
            new InputGroup.Kind("v", 1),
            new InputGroup.Kind("m/√v", 3),
            new InputGroup.Kind("1/√v", 1),
            new InputGroup.Kind("g factored", 3),
            new InputGroup.Kind("g/√v", 1),
            new InputGroup.Kind("r", 3),
            new InputGroup.Kind("c", 3),
            new InputGroup.Kind("1/√r", 3),
            new InputGroup.Kind("1/√c", 3),
            new InputGroup.Kind("m factored", 3));

    /** Bound of the gradient's elements. */
    static final float LIMIT = 1000;

    /** Those of the source: momenta and factored second moments .9, .99 and .999; the second moment .95. */
    public static final BaseDecays DECAYS = new BaseDecays(0.9, 0.99, 0.999, 0.95, 0.9, 0.99, 0.999);

    /** The rule with the decays of the source. */
    public Celo2(int hidden, boolean orthogonalize, VectorRule vectors, Schedule rate, double weightDecay) {
        this(hidden, orthogonalize, vectors, rate, weightDecay, DECAYS, false);
    }

    /** What moves tensors of rank 0 and 1, and embeddings. */
    public sealed interface VectorRule permits ByNetwork, ByAdam {}

    /** The network, as for matrices: "celo2-base". */
    public record ByNetwork() implements VectorRule {}

    /**
     * Adam with bias correction, as the source has it for vectors and for every tensor whose name has {@code embed} in it.
     *
     * @param rateMultiplier its learning rate per unit of the rule's; 20 in the source
     * @param adam its arithmetic: β .9 and .95 and ε 1e-8 under the root in the source, outside it in PyTorch's ports
     * @param embeddings whether it moves tensors with {@code embed} in their names too; otherwise the network does
     */
    public record ByAdam(double rateMultiplier, AdamUpdate adam, boolean embeddings) implements VectorRule {
        public ByAdam {
            if (!(rateMultiplier > 0) || Double.isInfinite(rateMultiplier)) {
                throw new IllegalArgumentException(
                        "celo2: Adam's rate multiplier is " + rateMultiplier + ", expected a finite positive number");
            }
        }

        /** Of vectors and embeddings. */
        public ByAdam(double rateMultiplier, AdamUpdate adam) {
            this(rateMultiplier, adam, true);
        }

        /** The source's: β .9 and .95, ε 1e-8 under the root, multiplier 20; embeddings too. */
        public static ByAdam published() {
            return new ByAdam(20, new AdamUpdate(0.9, 0.95, 1e-8, 0, 0, LIMIT));
        }
    }

    public Celo2 {
        if (hidden < 1) {
            throw new IllegalArgumentException("celo2: hidden is " + hidden + ", expected at least 1");
        }
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new IllegalArgumentException("celo2: weight decay is " + weightDecay + ", expected 0 or a positive number");
        }
    }

    /** "celo2" of the source: 8 hidden units, orthogonalised, Adam for vectors, rate .001, no weight decay. */
    public static Celo2 published() {
        return new Celo2(8, true, ByAdam.published(), Schedules.constant(0.001), 0);
    }

    /** "celo2-base" of the source: the network for everything, no orthogonalisation, rate .001, no weight decay. */
    public static Celo2 base() {
        return new Celo2(8, false, new ByNetwork(), Schedules.constant(0.001), 0);
    }

    public Celo2 withRate(Schedule newRate) {
        return new Celo2(hidden, orthogonalize, vectors, newRate, weightDecay, decays, levelGradients);
    }

    public Celo2 withWeightDecay(double newWeightDecay) {
        return new Celo2(hidden, orthogonalize, vectors, rate, newWeightDecay, decays, levelGradients);
    }

    /** Weights and biases of the network: w0, b0, w1, b1, w2, b2; matrices are (in, out). */
    @Override
    public ParamLayout thetaLayout() {
        return new ParamLayout(Mlp.specs(INPUTS, hidden, OUTPUTS));
    }

    @Override
    public List<InputGroup> inputs() {
        return InputGroup.inOrder(0, hidden, KINDS);
    }

    /** Matrices N_trunc(1/√fan-in), biases 0. */
    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("celo2", theta, thetaLayout());
        Optimizer bound = switch (twin) {
            case PLAIN -> new Celo2Plain(this, theta.clone());
            case VECTOR -> new Celo2Vector(this, theta);
        };
        return levelGradients ? new ChangedGradient(bound, List.of(new LevelGradients())) : bound;
    }

    /** The muP factor of a tensor's updates. */
    public double scale(ParamSpec spec) {
        return orthogonalize && !isMovedByAdam(spec) && spec.shape().rank() >= 2 ? spec.scaling().orthogonal() : spec.scaling().adam();
    }

    /** Whether Adam moves the tensor, and not the network. */
    public boolean isMovedByAdam(ParamSpec spec) {
        return vectors instanceof ByAdam adam && (spec.shape().rank() < 2 || adam.embeddings && isEmbedding(spec));
    }

    private static boolean isEmbedding(ParamSpec spec) {
        return spec.name().toLowerCase(Locale.ROOT).contains("embed");
    }

    /** Says which tensors count as embeddings. */
    List<String> remarks(ParamLayout layout) {
        List<String> names = layout.specs().stream()
                .filter(spec -> spec.shape().rank() >= 2 && isMovedByAdam(spec))
                .map(ParamSpec::name)
                .toList();
        return names.isEmpty() ? List.of() : List.of("celo2: Adam, as for vectors, moves the embeddings " + String.join(", ", names));
    }

    /** What a state needs to orthogonalise steps; nothing if the rule does not. */
    Orthogonalizers orthogonalizers(Factoring factoring, Twin twin) {
        return orthogonalize ? Orthogonalizers.of(factoring, twin) : new Orthogonalizers(List.of());
    }
}
