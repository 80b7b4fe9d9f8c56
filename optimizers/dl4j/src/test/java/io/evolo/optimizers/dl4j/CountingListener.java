package io.evolo.optimizers.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/** Counts what DL4J tells its listeners. */
final class CountingListener extends BaseTrainingListener {
    int iterations;
    int gradients;

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        iterations++;
    }

    @Override
    public void onGradientCalculation(Model model) {
        gradients++;
    }
}
