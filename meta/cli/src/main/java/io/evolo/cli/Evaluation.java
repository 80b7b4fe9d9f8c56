package io.evolo.cli;

import io.evolo.meta.Contender;
import io.evolo.meta.Evaluator;
import io.evolo.meta.Execution;
import io.evolo.meta.Recipe;
import io.evolo.meta.TrialExecutor;
import java.io.PrintWriter;
import java.util.List;

/** Measures packages as a recipe's evaluation says, with progress on standard error. */
final class Evaluation {
    private Evaluation() {}

    static EvaluationReport run(Recipe recipe, List<Contender> contenders, Execution execution, PrintWriter err) {
        try (TrialExecutor trials = execution.trials()) {
            Evaluator evaluator =
                    new Evaluator(recipe.tasks().getFirst(), recipe.evaluation(), recipe.seed(), trials);
            int count = evaluator.trials(contenders.size());
            try (Progress progress = new Progress(err, "evaluation: training run", 0, count)) {
                return new EvaluationReport(
                        evaluator.data(), recipe.tasks().size(), "", evaluator.run(contenders, progress::step));
            }
        }
    }
}
