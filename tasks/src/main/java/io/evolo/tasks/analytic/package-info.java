/** Optimizees that are formulas instead of networks: what they are like is known, and a step costs next to nothing. */
package io.evolo.tasks.analytic;
