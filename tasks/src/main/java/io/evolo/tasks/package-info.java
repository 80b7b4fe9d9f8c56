/** Optimizees: what a learned optimizer is trained on and judged by. */
package io.evolo.tasks;
