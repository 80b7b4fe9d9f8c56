/**
 * The hand-designed update rules: one file per rule, in the order source, parameters, state, mathematics.
 *
 * <p>A new rule is a record that implements {@link io.evolo.optimizers.Optimizer}, has a {@link RuleName}, takes the schedule first and
 * then {@link Hyper hyperparameters}, checks them by {@link Description#require}, and stands in the list of {@link HandDesigned}.
 */
package io.evolo.optimizers.designed;
