/** Evaluations: suites of problems on which learned optimizers are measured against tuned and untuned hand-designed ones. */
package io.evolo.meta.evaluation;
