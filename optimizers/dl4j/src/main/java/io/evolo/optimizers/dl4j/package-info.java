/**
 * Deeplearning4j and SameDiff: this project's rules as updaters of their networks, and their networks as tasks. The only package that
 * knows ND4J. {@link io.evolo.optimizers.dl4j.LearnedUpdater} and {@link io.evolo.optimizers.dl4j.Attach} are where to begin.
 */
package io.evolo.optimizers.dl4j;
