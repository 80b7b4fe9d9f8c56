package io.evolo.optimizers.guard;

import java.util.Locale;

/**
 * A tensor that a learned rule has seen nothing like in meta-training.
 *
 * @param tensor its name
 * @param feature one of {@link TensorFeatures}
 * @param step completed steps when it was found
 * @param value of the feature
 * @param range where the feature has been in meta-training
 */
public record Finding(String tensor, String feature, int step, double value, FeatureRange range) {

    /** What was found and what to do about it, in a line. */
    public String message() {
        return String.format(
                Locale.ROOT,
                "tensor '%s': its %s is 10^%.1f at step %d, %.0f standard deviations from anything seen in meta-training (10^%.1f to"
                        + " 10^%.1f): expect the rule to behave otherwise than it was judged to; %s",
                tensor, feature, value, step, range.distance(value), range.min(), range.max(), advice());
    }

    private String advice() {
        return switch (feature) {
            case "gradient", "gradient_per_parameter" -> value > range.max()
                    ? "scale the loss or the inputs down, clip gradients, or turn the rails on"
                    : "scale the loss or the inputs up, or check that the tensor takes part";
            case "parameter" -> "check the initial values' scale";
            case "gradient_peak" -> "the gradients are sparse: take another rule for such tensors";
            case "loss" -> "scale the loss";
            case "step" -> "the run is longer than any it was meta-trained on: meta-train with longer horizons, or watch it";
            default -> "scale the loss, or turn the rails on";
        };
    }
}
