package io.evolo.optimizers.guard;

/**
 * How often rails acted in a training.
 *
 * @param capped changes of one tensor in one step that were cut
 * @param spikes losses that were spikes
 * @param notFinite losses or gradients that were not finite
 * @param rolledBack times that the training went back: spikes and not-finite ones, but for those before the first copy
 * @param fallbackStep steps that were made before Adam took over; −1: it did not
 */
public record Interventions(int capped, int spikes, int notFinite, int rolledBack, int fallbackStep) {

    /** Whether there was any. */
    public boolean any() {
        return capped + spikes + notFinite > 0;
    }

    @Override
    public String toString() {
        return capped + " updates capped, " + rolledBack + " roll-backs (" + spikes + " spikes, " + notFinite + " not finite)"
                + (fallbackStep < 0 ? "" : ", Adam took over at step " + fallbackStep);
    }
}
