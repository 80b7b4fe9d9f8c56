/** Rules around a rule that keep its state in less memory. */
package io.evolo.optimizers.memory;
