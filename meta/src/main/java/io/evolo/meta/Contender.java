package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.Parametrization;

/**
 * An optimizer that is judged, with the parametrization that its networks have.
 *
 * @param name for tables
 */
public record Contender(String name, Optimizer optimizer, Parametrization.Kind parametrization) {}
