package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.data.TaskData;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Several families with weights, and what a step may cost: first a budget is drawn, then a family, then tasks of it until one is
 * predicted to take no longer. Source: the task sampling of VeLO (Metz et al. 2022), with a linear {@link StepTime} for the model.
 *
 * <p>What is drawn depends on the stream and on these values alone: the measured step time is one of them, so a run that writes down
 * its resolved recipe draws the same tasks on every machine, however fast.
 *
 * @param of at least one
 * @param budgets one is drawn; none: no limit
 * @param stepTime of the machine that the budgets are meant for; not measured: {@code evolo meta-train} measures its own
 */
public record Mixture(List<Entry> of, @Default("[]") List<Budget> budgets, @Default("{}") StepTime stepTime)
        implements FamilySpec {
    /** Draws of one family before another one is tried, and draws of families. */
    private static final int TRIES = 100;

    private static final int FAMILIES = 50;

    public Mixture {
        of = List.copyOf(of);
        budgets = List.copyOf(budgets);
        Checks.that(!of.isEmpty(), "of", "empty", "at least one family");
    }

    /**
     * One family.
     *
     * @param weight its share of the draws, relative to the others', above 0
     * @param task the family, with its augmentation
     */
    public record Entry(@Default("1") double weight, Tasks task) {
        public Entry {
            Checks.that(weight > 0 && weight < Double.POSITIVE_INFINITY, "weight", weight, "a positive number");
        }
    }

    /**
     * What a step may cost.
     *
     * @param micros microseconds of one loss with its gradient on one thread
     * @param weight its share of the draws, relative to the others', above 0
     */
    public record Budget(double micros, @Default("1") double weight) {
        public Budget {
            Checks.that(micros > 0, "micros", micros, "a positive number");
            Checks.that(weight > 0 && weight < Double.POSITIVE_INFINITY, "weight", weight, "a positive number");
        }
    }

    /** The same with that step time where it has a budget and no step time of its own. */
    Mixture measuredBy(StepTime time) {
        return needsStepTime() ? new Mixture(of, budgets, time) : this;
    }

    boolean needsStepTime() {
        return !budgets.isEmpty() && !stepTime.measured();
    }

    /** All families under another parametrization. */
    Mixture under(Parametrization other) {
        return new Mixture(
                of.stream().map(entry -> new Entry(entry.weight, entry.task.under(other))).toList(), budgets, stepTime);
    }

    @Override
    public Mixture on(UnaryOperator<String> source) {
        return new Mixture(
                of.stream().map(entry -> new Entry(entry.weight, entry.task.on(source))).toList(), budgets, stepTime);
    }

    @Override
    public TaskFamily family() {
        Checks.that(!needsStepTime(), "stepTime", "not measured", "base, perMegaMultiply and perKiloValue, as the budgets need them");
        List<TaskFamily> plain = of.stream().map(entry -> entry.task.family()).toList();
        List<TaskFamily> families =
                IntStream.range(0, of.size()).mapToObj(i -> of.get(i).task.augmented(plain.get(i))).toList();
        List<TaskData> data = plain.stream().flatMap(family -> family.data().stream()).distinct().toList();
        return new TaskFamily() {
            @Override
            public Task sample(Rng rng) {
                return Mixture.this.sample(families, rng);
            }

            @Override
            public List<TaskData> data() {
                return data;
            }
        };
    }

    private Task sample(List<TaskFamily> families, Rng rng) {
        if (budgets.isEmpty()) {
            return families.get(draw(of, Entry::weight, rng)).sample(rng);
        }
        double budget = budgets.get(draw(budgets, Budget::weight, rng)).micros();
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < FAMILIES; i++) {
            TaskFamily family = families.get(draw(of, Entry::weight, rng));
            for (int j = 0; j < TRIES; j++) {
                Task task = family.sample(rng);
                double micros = stepTime.micros(task);
                if (micros <= budget) {
                    return task;
                }
                least = Math.min(least, micros);
            }
        }
        throw new IllegalArgumentException("no task within a budget of " + budget + " microseconds a step: the cheapest of "
                + FAMILIES * TRIES + " is predicted to take " + Math.round(least) + "; raise it, or allow smaller tasks");
    }

    private static <T> int draw(List<T> among, ToDoubleFunction<T> weight, Rng rng) {
        double total = among.stream().mapToDouble(weight).sum();
        double left = rng.nextDouble() * total;
        for (int i = 0; i < among.size() - 1; i++) {
            left -= weight.applyAsDouble(among.get(i));
            if (left < 0) {
                return i;
            }
        }
        return among.size() - 1;
    }
}
