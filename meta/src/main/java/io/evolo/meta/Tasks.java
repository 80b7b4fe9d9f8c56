package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.schema.Variant;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.TaskFamily;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One entry of a recipe's task list: a family of tasks, named by the key {@code family}, whose own keys stand beside it.
 *
 * @param kind which family
 * @param reparametrize augmentation by other coordinates
 * @param augment all other augmentation
 */
public record Tasks(
        @Variant(key = "family", standard = "mlp") FamilySpec kind,
        @Default("{}") Augmentation reparametrize,
        @Default("{}") Augment augment) {

    public Tasks {
        boolean batches = !(kind instanceof AnalyticFamily) || kind instanceof AnalyticFamily.LogisticRegression;
        Checks.that(
                batches || augment.reducedBatch().probability() == 0, "augment.reducedBatch.probability",
                augment.reducedBatch().probability(), "0, for the family has no batches");
    }

    /** Without augmentation but by other coordinates. */
    public Tasks(FamilySpec kind, Augmentation reparametrize) {
        this(kind, reparametrize, Augment.NONE);
    }

    /** Loads the data. The augmentation is not part of it; see {@link #augmented()}. */
    public TaskFamily family() {
        return kind.family();
    }

    /** Loads the data; the family with its augmentation. */
    public TaskFamily augmented() {
        return augmented(family());
    }

    /** The family with its augmentation. */
    TaskFamily augmented(TaskFamily family) {
        return augment.of(family, reparametrize);
    }

    /** Whether its tasks may be others than its family's. */
    public boolean isAugmented() {
        return reparametrize.level() != Augmentation.Level.NONE || augment.active();
    }

    /**
     * The family, where it is one of networks: these have widths and a parametrization, which evaluation varies.
     *
     * @throws IllegalArgumentException if it is not
     */
    public ScaledFamily networks() {
        return switch (kind) {
            case ScaledFamily networks -> networks;
            case AnalyticFamily _, Mixture _ -> throw new IllegalArgumentException(
                    "family is one without widths; expected one of networks, as mlp");
        };
    }

    /** The same with that step time where it caps the cost of its tasks and has none yet; see {@link Mixture}. */
    Tasks measuredBy(Supplier<StepTime> time) {
        return kind instanceof Mixture mixture && mixture.needsStepTime()
                ? new Tasks(mixture.measuredBy(time.get()), reparametrize, augment)
                : this;
    }

    /** How its networks scale with their width; SP where there is no width, as every factor is 1 there. */
    public Parametrization.Kind parametrization() {
        return kind instanceof ScaledFamily networks ? networks.parametrization() : Parametrization.Kind.SP;
    }

    /** The same under another parametrization; formulas have none. */
    public Tasks under(Parametrization other) {
        FamilySpec family = switch (kind) {
            case ScaledFamily networks -> networks.under(other);
            case AnalyticFamily formula -> formula;
            case Mixture mixture -> mixture.under(other);
        };
        return new Tasks(family, reparametrize, augment);
    }

    /** The same tasks on other data, prepared alike. */
    public Tasks on(String source) {
        return on(any -> source);
    }

    /**
     * The same tasks on other data, prepared alike.
     *
     * @param source from the name of a source to that of the one in its place
     */
    public Tasks on(UnaryOperator<String> source) {
        return new Tasks(kind.on(source), reparametrize, augment);
    }
}
