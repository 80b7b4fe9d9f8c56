/**
 * What makes a learned optimizer safe to deploy: statistics of what it has seen in meta-training, a guard that says where a training
 * leaves them, and rails that hold a training back. All are rules around a rule.
 */
package io.evolo.optimizers.guard;
