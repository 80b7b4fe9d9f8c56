package io.evolo.meta;

import io.evolo.tasks.IntRange;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.families.NetworkFamily;

/** A family of networks that have a width and scale with it under a parametrization, which checks and evaluations vary. */
public sealed interface ScaledFamily extends FamilySpec permits NetworkFamilySpec, TeacherStudent {

    @Override
    NetworkFamily family();

    /** Units of the layers that grow. */
    IntRange width();

    /** Examples per batch. */
    IntRange batch();

    Parametrization.Kind parametrization();

    /** The width at which muP and SP agree. */
    int baseWidth();

    /** The same networks, scaled with their width in another way. SP has no base width: it leaves that of the networks. */
    ScaledFamily under(Parametrization other);

    /** What {@link #under} makes the base width. */
    default int baseUnder(Parametrization other) {
        return other.kind() == Parametrization.Kind.SP ? baseWidth() : other.baseWidth();
    }
}
