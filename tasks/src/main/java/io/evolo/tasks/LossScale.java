package io.evolo.tasks;

/** How the cross-entropy of a classification task becomes a meta-loss that can be averaged over tasks. */
public enum LossScale {
    /** The loss itself; NaN becomes infinite. */
    NATS,
    /** Clipped to [0, 1.5·ln C], C the number of classes; the fixed tasks of VeLO's suite. */
    CLIPPED,
    /** (clip(loss, 0, ln 2C) − ln(C/5))·10/ln C: the parametric image families of VeLO's suite. */
    PARAMETRIC;

    /** The normaliser of a loss over so many classes; with 0, of a reconstruction, whose loss {@link #CLIPPED} bounds by 1. */
    public LossNormalizer of(int classes) {
        if (classes > 0) {
            return forClasses(classes);
        }
        return switch (this) {
            case NATS, PARAMETRIC -> LossNormalizer.IDENTITY;
            case CLIPPED -> new Clipped(1);
        };
    }

    /**
     * A loss clipped to [0, bound]. NaN and infinite losses give the bound.
     *
     * @param bound above 0
     */
    public record Clipped(double bound) implements LossNormalizer {
        @Override
        public double normalize(double loss) {
            return Double.isFinite(loss) ? Math.clamp(loss, 0, bound) : bound;
        }
    }

    /** The normaliser for a number of classes. */
    public LossNormalizer forClasses(int classes) {
        return new ClassificationLoss(this, classes);
    }

    /**
     * A classification loss on its scale. NaN and infinite losses give the worst value.
     *
     * @param scale which map
     * @param classes at least 2
     */
    public record ClassificationLoss(LossScale scale, int classes) implements LossNormalizer {

        public ClassificationLoss {
            if (classes < 2) {
                throw new IllegalArgumentException("a loss over " + classes + " classes, expected at least 2");
            }
        }

        @Override
        public double normalize(double loss) {
            double finite = Double.isFinite(loss) ? loss : Double.POSITIVE_INFINITY;
            double logC = StrictMath.log(classes);
            return switch (scale) {
                case NATS -> finite;
                case CLIPPED -> Math.clamp(finite, 0, 1.5 * logC);
                case PARAMETRIC ->
                    (Math.clamp(finite, 0, StrictMath.log(2.0 * classes)) - StrictMath.log(classes / 5.0)) * 10 / logC;
            };
        }
    }
}
