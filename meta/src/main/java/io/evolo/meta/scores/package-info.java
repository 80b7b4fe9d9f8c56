/**
 * What learning curves say about optimizers: the scores of the field, each a pure function of numbers. Sources: Metz et al. 2022
 * (VeLO) for the steps of tuned Adam, Agarwal et al. 2021 for the inter-quartile mean, Thérien et al. 2024 (µLO) for average ranks,
 * Dahl et al. 2023 (AlgoPerf) for performance profiles.
 */
package io.evolo.meta.scores;
