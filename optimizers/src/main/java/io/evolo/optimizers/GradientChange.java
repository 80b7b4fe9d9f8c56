package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/** What a rule's gradient is changed to before the rule sees it; see {@link ChangedGradient}. Without state. */
public interface GradientChange {

    /** Whether it can change a gradient of this layout at all. */
    boolean concerns(ParamLayout layout);

    /** Whether it changes this gradient. */
    boolean changes(ParamLayout layout, float[] gradient);

    /** Changes it, in place. */
    void change(ParamLayout layout, float[] gradient);
}
