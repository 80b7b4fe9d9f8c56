package io.evolo.optimizers.verify;

import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Step;

/** What a recorded run shows its rule beside gradients and losses: the signals of its current step. */
interface Evidence {
    /** Nothing. */
    Evidence NONE = new Evidence() {
        @Override
        public Signals signals() {
            return Signals.NONE;
        }

        @Override
        public void show(int t, Step step) {}
    };

    /** Views of the current step's signals, the same ones for the whole run. */
    Signals signals();

    /** Makes step t, from 0 on, the current one. May set the step's loss, which has the recorded value before. */
    void show(int t, Step step);
}
