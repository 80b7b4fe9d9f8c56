package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.NewtonSchulz.Iteration;
import java.util.function.Function;

/** The coefficients of Newton–Schulz steps that matrix rules choose from, by number. */
enum CoefficientList {
    /** Muon's, five times (Jordan 2024). */
    MUON(Iteration::muon),
    /** Polar Express (Amsel et al. 2025). */
    POLAR_EXPRESS(Iteration::polarExpress),
    /** Five steps of {@code microsoft/dion}. */
    FIVE(Iteration::five),
    /** Twelve steps that converge (Track 3 of modded-nanogpt). */
    TWELVE(Iteration::twelve);

    /** For a hyperparameter's line. */
    static final String MEANING = "steps: 0 Muon's five, 1 Polar Express, 2 dion's five, 3 twelve that converge";

    private final Function<Float, Iteration> steps;

    CoefficientList(Function<Float, Iteration> steps) {
        this.steps = steps;
    }

    /** @param epsilon added to the norm that a matrix is divided by */
    Iteration steps(double epsilon) {
        return steps.apply((float) epsilon);
    }

    /** @throws IllegalArgumentException if there is none of that number; the message names the rule */
    static CoefficientList of(String rule, int number) {
        if (number < 0 || number >= values().length) {
            throw new IllegalArgumentException(rule + ": list is " + number + ", expected 0 to " + (values().length - 1));
        }
        return values()[number];
    }
}
