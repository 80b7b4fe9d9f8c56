package io.evolo.meta.tune;

import java.util.List;

/**
 * What a tuning run found.
 *
 * @param tuned by rule, then schedule, in the plan's order
 * @param curves by rule, schedule, axis; empty where the plan asks for none
 * @param stability what the curves cost beyond tuning
 */
public record Findings(List<Tuned> tuned, List<StabilityCurve> curves, Spent stability) {
    public Findings {
        tuned = List.copyOf(tuned);
        curves = List.copyOf(curves);
    }

    public Spent spent() {
        return tuned.stream().map(one -> one.tuning().plus(one.judging())).reduce(stability, Spent::plus);
    }
}
