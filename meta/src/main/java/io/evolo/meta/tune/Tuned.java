package io.evolo.meta.tune;

import io.evolo.meta.Trial;
import io.evolo.optimizers.Optimizer;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What tuning one rule with one schedule came to.
 *
 * @param best the chosen setting with its trials on tuning seeds
 * @param fresh the same setting on seeds that tuning never saw, in seed order
 * @param candidates how many settings were tried
 * @param bestOf expected tuning loss of the best of k random ones of these settings, k from 1: the price of tuning; diverged settings
 *     count with the loss before the first step, or with the worst finite one where that is worse
 * @param notes on ranges that were extended or not wide enough
 * @param tuning what the choice cost
 * @param judging what the trials on fresh seeds cost
 */
public record Tuned(
        Tried best,
        List<Trial> fresh,
        int candidates,
        double[] bestOf,
        List<String> notes,
        Spent tuning,
        Spent judging) {

    public Tuned {
        fresh = List.copyOf(fresh);
        notes = List.copyOf(notes);
    }

    public String optimizer() {
        return best.candidate().optimizer();
    }

    /** The chosen setting, at work. */
    public Optimizer rule() {
        return Rules.optimizer(best.candidate());
    }

    public Annealing annealing() {
        return best.candidate().annealing();
    }

    /** Over the fresh seeds; infinite where a quarter, or half, of the runs diverged. */
    public Quartiles fresh(ToDoubleFunction<Trial> figure) {
        return Quartiles.of(fresh.stream().mapToDouble(figure).toArray());
    }

    public int divergedFresh() {
        return (int) fresh.stream().filter(Trial::diverged).count();
    }
}
