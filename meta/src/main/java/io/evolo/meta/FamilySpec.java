package io.evolo.meta;

import io.evolo.tasks.TaskFamily;

/** Which family of tasks, as a recipe names it. */
public sealed interface FamilySpec permits ScaledFamily, AnalyticFamily, Mixture {

    /** Loads what data it needs. */
    TaskFamily family();

    /** The same on other data, prepared alike. */
    FamilySpec on(String source);
}
