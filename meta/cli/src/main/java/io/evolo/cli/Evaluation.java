package io.evolo.cli;

import io.evolo.meta.Contender;
import io.evolo.meta.Evaluator;
import io.evolo.meta.Recipe;
import io.evolo.meta.Workers;
import java.io.PrintWriter;
import java.util.List;

/** Measures packages as a recipe's evaluation says, with progress on standard error. */
final class Evaluation {
    private Evaluation() {}

    static EvaluationReport run(Recipe recipe, List<Contender> contenders, int threads, PrintWriter err) {
        try (Workers workers = new Workers(threads)) {
            Evaluator evaluator =
                    new Evaluator(recipe.tasks().getFirst(), recipe.evaluation(), recipe.seed(), workers);
            int trials = evaluator.trials(contenders.size());
            try (Progress progress = new Progress(err, "evaluation: training run", 0, trials)) {
                return new EvaluationReport(evaluator.data(), evaluator.run(contenders, progress::step));
            }
        }
    }
}
