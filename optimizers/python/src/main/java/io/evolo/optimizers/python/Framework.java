package io.evolo.optimizers.python;

/** What a generated file computes with. */
public enum Framework {
    /** Arrays in place: the shortest, to read beside the paper. */
    NUMPY("np", "math", "import numpy as np", "Any"),
    /** A {@code torch.optim.Optimizer}. */
    TORCH("torch", "math", "import torch", "torch.Tensor"),
    /** An {@code optax.GradientTransformationExtraArgs}. */
    OPTAX("jnp", "jnp", "import jax\nimport jax.numpy as jnp\nimport optax  # type: ignore[import-untyped,unused-ignore]", "Any");

    private final String arrays;
    private final String scalars;
    private final String imports;
    private final String array;

    Framework(String arrays, String scalars, String imports, String array) {
        this.arrays = arrays;
        this.scalars = scalars;
        this.imports = imports;
        this.array = array;
    }

    /** The module that stands for {@code xp} in a rule's text. */
    String arrays() {
        return arrays;
    }

    /** The module that stands for {@code sc}: where functions of the step come from, which JAX traces and others do not. */
    String scalars() {
        return scalars;
    }

    String imports() {
        return imports;
    }

    /** The type of an array. */
    String array() {
        return array;
    }
}
