package io.evolo.tasks;

/**
 * How tensors scale with the width of their network: standard (SP) or maximal-update (muP). The only place where initial scales,
 * forward multipliers and update scales are decided.
 *
 * <p>With r = the tensor's growing axis / base width:
 *
 * <table>
 * <caption>muP</caption>
 * <tr><th>role</th><th>initial std</th><th>forward</th><th>Adam-like update</th><th>SGD-like update</th></tr>
 * <tr><td>INPUT</td><td>1/√fanIn</td><td>1</td><td>1</td><td>r</td></tr>
 * <tr><td>HIDDEN</td><td>1/√fanIn</td><td>1</td><td>1/r</td><td>1</td></tr>
 * <tr><td>OUTPUT</td><td>0</td><td>1/r</td><td>1</td><td>r</td></tr>
 * <tr><td>VECTOR</td><td>0</td><td>1</td><td>1</td><td>r</td></tr>
 * </table>
 *
 * <p>The bias of an OUTPUT is the one vector of another scaling, {@link #outputBias}, and queries begin at 0, {@link #queries}. Rules
 * whose update has a norm in proportion to the parameter's own, and those that orthogonalise it, take other factors that follow from
 * these, {@link Scaling#relative} and {@link Scaling#orthogonal}. All gradients shrink as 1/r, {@link Scaling#gradient}.
 *
 * <p>SP has initial std 1/√fanIn for every matrix, 0 for vectors, and every factor 1. Source: Yang et al. 2022 (Tensor Programs V),
 * table 8, in the form with a forward multiplier on the output; Thérien et al. 2024 (muLO) for learned optimizers, which use the
 * Adam-like column. Base width 1 gives muLO's absolute 1/fanIn; another base width rescales hidden updates by a constant.
 *
 * @param kind standard or maximal-update
 * @param baseWidth the width at which muP and SP agree but for the output's initial values, at least 1; SP ignores it
 */
public record Parametrization(Kind kind, int baseWidth) {

    /** The two families of parametrizations. */
    public enum Kind {
        SP,
        MUP
    }

    public Parametrization {
        if (baseWidth < 1) {
            throw new IllegalArgumentException("base width is " + baseWidth + ", expected at least 1");
        }
    }

    public static Parametrization standard() {
        return new Parametrization(Kind.SP, 1);
    }

    public static Parametrization mup(int baseWidth) {
        return new Parametrization(Kind.MUP, baseWidth);
    }

    /**
     * The scaling of one tensor.
     *
     * @param fanIn number of inputs that one output of the tensor sums over, at least 1; ignored for VECTOR
     * @param growing size of the tensor's axis that grows with the width (fanIn for HIDDEN and OUTPUT, the number of units for
     *     INPUT and VECTOR); 0 where none does, as for the bias of the output
     */
    public Scaling scaling(Role role, int fanIn, int growing) {
        double std = role == Role.VECTOR ? 0 : 1 / Math.sqrt(fanIn);
        if (kind == Kind.SP) {
            return new Scaling(std, 1, 1, 1);
        }
        double r = growing == 0 ? 1 : (double) growing / baseWidth;
        return switch (role) {
            case INPUT -> new Scaling(std, 1, 1, r);
            case HIDDEN -> new Scaling(std, 1, 1 / r, 1);
            case OUTPUT -> new Scaling(0, 1 / r, 1, r);
            case VECTOR -> new Scaling(0, 1, 1, r);
        };
    }

    /**
     * The scaling of the bias of an OUTPUT: the forward multiplier 1/r acts on it too, so that its gradient and what it contributes both
     * shrink with the width. Adam-like updates make up for the one, updates that are linear in the gradient for both: as if the bias
     * stood behind the multiplier, where Yang et al. have it. muLO lets it fade.
     *
     * @param growing size of the axis of the weight that grows with the width
     */
    public Scaling outputBias(int growing) {
        double r = kind == Kind.SP ? 1 : (double) growing / baseWidth;
        return new Scaling(0, 1, r, r * r);
    }

    /**
     * The scaling of the matrix that makes queries: HIDDEN, but under muP with zeros at the start. Products of random queries and keys
     * fade with the width where their factor is 1/size, so attention would begin flatter the wider the network is; from zeros it
     * begins flat at every width (Yang et al. 2022, appendix D.2).
     */
    public Scaling queries(int fanIn) {
        Scaling hidden = scaling(Role.HIDDEN, fanIn, fanIn);
        return kind == Kind.SP ? hidden : new Scaling(0, hidden.forward(), hidden.adam(), hidden.sgd());
    }

    /** What of an attention grows with the width. */
    public enum HeadGrowth {
        /** A fixed number of heads becomes larger. */
        SIZE,
        /** Heads of a fixed size become more, as in muLO. */
        NUMBER
    }

    /**
     * The factor on the products of queries and keys: SP 1/√size; muP √s/size with s the size of a head at the base width, at least
     * 1, where the two agree. Base width 1 gives muLO's 1/size.
     *
     * @param size of a head
     * @param heads how many; the width is their product
     * @param growth which of the two grows with the width
     */
    public double attention(int size, int heads, HeadGrowth growth) {
        double atBase = switch (growth) {
            case SIZE -> (double) baseWidth / heads;
            case NUMBER -> Math.min(size, baseWidth);
        };
        return switch (kind) {
            case SP -> 1 / Math.sqrt(size);
            case MUP -> Math.sqrt(Math.max(1, atBase)) / size;
        };
    }
}
