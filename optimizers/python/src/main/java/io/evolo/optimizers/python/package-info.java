/** Learned optimizers as self-contained Python files: one for NumPy, PyTorch or JAX, generated from a package. */
package io.evolo.optimizers.python;
