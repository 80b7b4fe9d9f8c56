package io.evolo.meta;

import io.evolo.tasks.TaskFamily;
import java.util.function.UnaryOperator;

/** Which family of tasks, as a recipe names it. */
public sealed interface FamilySpec permits ScaledFamily, AnalyticFamily, Mixture {

    /** Loads what data it needs. */
    TaskFamily family();

    /**
     * The same on other data, prepared alike.
     *
     * @param source from the name of a source to that of the one in its place
     */
    FamilySpec on(UnaryOperator<String> source);
}
