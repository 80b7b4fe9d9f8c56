package io.evolo.optimizers.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/** What moves a network's tensors, and what its user may not have meant. */
final class Report {
    /** A rate that weight decay is usually chosen beside. */
    private static final double USUAL_RATE = 1e-3;

    private Report() {}

    /** One line per updater: those of this project first, then foreign ones with their tensors, then what is frozen. */
    static List<String> of(Model network) {
        Map<String, List<LayerTensor>> ours = new LinkedHashMap<>();
        Map<String, List<LayerTensor>> foreign = new LinkedHashMap<>();
        List<LayerTensor> frozen = new ArrayList<>();
        for (LayerTensor tensor : LayerTensors.of(network)) {
            IUpdater updater = tensor.owner().getConfig().getUpdaterByParam(tensor.parameter());
            if (tensor.isFrozen()) {
                frozen.add(tensor);
            } else if (updater instanceof RuleUpdater rule) {
                ours.computeIfAbsent(rule.bound().name(), name -> new ArrayList<>()).add(tensor);
            } else if (!(updater instanceof NoOp)) {
                foreign.computeIfAbsent(String.valueOf(updater), name -> new ArrayList<>()).add(tensor);
            }
        }
        List<String> lines = new ArrayList<>();
        ours.forEach((name, tensors) -> lines.add(name + " moves " + tensors.size() + " tensors of " + parameters(tensors) + " parameters"));
        foreign.forEach((name, tensors) -> lines.add("foreign updater " + name + " moves " + names(tensors)));
        if (!frozen.isEmpty()) {
            lines.add("frozen: " + names(frozen));
        }
        return lines;
    }

    private static int parameters(List<LayerTensor> tensors) {
        return tensors.stream().mapToInt(tensor -> tensor.variable().size()).sum();
    }

    private static String names(List<LayerTensor> tensors) {
        return tensors.stream().map(tensor -> tensor.variable().name()).collect(Collectors.joining(", "));
    }

    /** One line per rule whose network is to be judged by other parameters than its own. */
    static List<String> averaging(Model network) {
        return LayerTensors.of(network).stream()
                .filter(tensor -> !tensor.isFrozen())
                .map(tensor -> tensor.owner().getConfig().getUpdaterByParam(tensor.parameter()))
                .filter(updater -> updater instanceof RuleUpdater rule && rule.bound().traits().averages())
                .map(updater -> ((RuleUpdater) updater).bound().name() + " averages over its steps, but DL4J evaluates and saves the"
                        + " parameters that it steps from; give a clone of the network those of Attach.evaluationParams(network) for that")
                .distinct()
                .toList();
    }

    /** One line per coefficient of weight decay that DL4J multiplies by a rate that there is not. */
    static List<String> weightDecays(Model network) {
        List<String> lines = new ArrayList<>();
        for (LayerTensor tensor : LayerTensors.of(network)) {
            if (!tensor.isFrozen()
                    && tensor.owner().getConfig().getUpdaterByParam(tensor.parameter()) instanceof LearnedUpdater rule) {
                lines.addAll(weightDecays(rule, tensor.owner().getConfig().getRegularizationByParam(tensor.parameter())));
            }
        }
        return lines.stream().distinct().toList();
    }

    /** @param regularizations DL4J has null for none */
    static List<String> weightDecays(LearnedUpdater rule, List<Regularization> regularizations) {
        return Optional.ofNullable(regularizations).orElse(List.of()).stream()
                .filter(WeightDecay.class::isInstance)
                .map(WeightDecay.class::cast)
                .filter(WeightDecay::isApplyLR)
                .map(decay -> weightDecay(rule, decay))
                .toList();
    }

    private static String weightDecay(LearnedUpdater rule, WeightDecay decay) {
        double coefficient = decay.getCoeff().valueAt(0, 0);
        double taken = coefficient * rule.multiplier(0, 0);
        return String.format(Locale.ROOT,
                "weight decay of %.3g: DL4J multiplies it by the learning rate, which %s has not, so every iteration takes %.3g of each"
                        + " weight off, %.0f times as much as beside Adam at a rate of %.3g; for as much as there say"
                        + " .weightDecay(%.3g, false)",
                coefficient, rule.bound().name(), taken, taken / (coefficient * USUAL_RATE), USUAL_RATE, coefficient * USUAL_RATE);
    }
}
