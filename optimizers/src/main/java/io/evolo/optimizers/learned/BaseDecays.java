package io.evolo.optimizers.learned;

/**
 * The decays β of the accumulators that the learned rules share, before any learned offset; see {@link Decays} for what decays.
 *
 * @param momentum1 of the first momentum, in [0, 1], as all of them
 * @param momentum2 of the second
 * @param momentum3 of the third
 * @param rms of the second moment
 * @param adafactor1 of the first factored second moment
 * @param adafactor2 of the second
 * @param adafactor3 of the third
 */
public record BaseDecays(
        double momentum1,
        double momentum2,
        double momentum3,
        double rms,
        double adafactor1,
        double adafactor2,
        double adafactor3) {

    public BaseDecays {
        require("momentum", momentum1);
        require("momentum", momentum2);
        require("momentum", momentum3);
        require("rms", rms);
        require("adafactor", adafactor1);
        require("adafactor", adafactor2);
        require("adafactor", adafactor3);
    }

    private static void require(String name, double decay) {
        if (!(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException(name + " decay is " + decay + ", expected one in [0, 1]");
        }
    }

    /** Momenta and factored second moments .9, .99 and .999; the second moment .999. */
    public static BaseDecays published() {
        return new BaseDecays(0.9, 0.99, 0.999, 0.999, 0.9, 0.99, 0.999);
    }
}
