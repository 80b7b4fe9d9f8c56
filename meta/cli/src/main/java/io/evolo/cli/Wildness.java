package io.evolo.cli;

import io.evolo.meta.Outer;
import io.evolo.meta.OuterReport;
import io.evolo.meta.Recipe;
import java.util.Optional;

/** Says once of each that a run's lanes diverge so much that it learns nothing. */
final class Wildness {
    private final boolean descends;
    private final int lanes;
    private boolean saidDiverged;
    private boolean saidFlat;

    private Wildness(boolean descends, int lanes) {
        this.descends = descends;
        this.lanes = lanes;
    }

    static Wildness of(Recipe recipe) {
        int lanes = 2 * recipe.estimation().pairs() * recipe.tasks().size();
        return new Wildness(recipe.outer().search() == Outer.Search.GRADIENT, lanes);
    }

    /** What is to be said of this step, if anything. */
    Optional<String> of(OuterReport report) {
        if (descends && report.gradientNorm() == 0 && !saidFlat) {
            saidFlat = true;
            return Optional.of("the meta-gradient of outer step " + report.outerStep() + " is exactly 0: theta's perturbations make no"
                    + " difference, as when every lane has diverged; lower the rule's step_mult or estimation.sigma");
        }
        if (2 * report.diverged() > lanes && !saidDiverged) {
            saidDiverged = true;
            return Optional.of(report.diverged() + " of " + lanes + " lanes diverged in outer step " + report.outerStep()
                    + "; lower the rule's step_mult or estimation.sigma, or raise estimation.divergence where losses are that large");
        }
        return Optional.empty();
    }
}
