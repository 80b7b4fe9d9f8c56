package io.evolo.optimizers.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches the updaters of this project in a network's configuration to the network: once, before the first fit. It writes the
 * network's tensors into the updaters and a {@link Tap} into the layers' configurations, so that {@code clone()}, saved and loaded
 * networks and the replicas of {@code ParallelWrapper} need nothing more (but where a rule looks at the loss; then a message says so).
 */
public final class Attach {
    private static final Logger LOG = LoggerFactory.getLogger(Attach.class);

    private Attach() {}

    /**
     * Attaches the updaters of a network; calls {@code init()} where that is still to be done.
     *
     * @return the network
     * @throws IllegalArgumentException if an updater cannot serve the network; the message says why and what to do
     */
    public static MultiLayerNetwork to(MultiLayerNetwork network) {
        if (!network.isInitCalled()) {
            network.init();
        }
        LayerConfigurations.own(network);
        Map<IUpdater, IUpdater> attached = attached(network);
        renewed(network, updater -> attached.getOrDefault(updater, updater), anyChanges(attached));
        say(network);
        return network;
    }

    /**
     * What moves a network's tensors, a line per updater: those of this project, then foreign ones, which DL4J has put inside wrappers or
     * left from before, with the names of their tensors, then what is frozen. Attaching logs these lines.
     */
    public static String report(MultiLayerNetwork network) {
        return String.join("\n", Report.of(network));
    }

    /** As {@link #report(MultiLayerNetwork)}. */
    public static String report(ComputationGraph network) {
        return String.join("\n", Report.of(network));
    }

    private static void say(Model network) {
        Report.of(network).forEach(LOG::info);
        Report.weightDecays(network).forEach(LOG::warn);
        Report.averaging(network).forEach(LOG::warn);
    }

    /** Changes updaters in the configuration, and makes the network's updater from them, with a fresh state or the one there is. */
    private static MultiLayerNetwork renewed(MultiLayerNetwork network, UnaryOperator<IUpdater> change, boolean fresh) {
        INDArray state = fresh ? null : network.getUpdater().getStateViewArray();
        LayerConfigurations.attach(network.getLayerWiseConfigurations(), change);
        LayersUpdater updater = new LayersUpdater(network, state);
        network.setUpdater(updater);
        attach(network, updater);
        return network;
    }

    /**
     * As {@link #to(MultiLayerNetwork)}, for a run over some epochs of these data: counts the iterations, segments of truncated
     * back-propagation through time too, and gives them to the network's updaters as {@link RuleUpdater#horizon}. Reads the data once.
     *
     * @param epochs at least 1
     */
    public static MultiLayerNetwork to(MultiLayerNetwork network, DataSetIterator data, int epochs) {
        if (!network.isInitCalled()) {
            network.init();
        }
        int iterations = Iterations.of(network, data, epochs);
        LayerConfigurations.own(network);
        LayerConfigurations.attach(network.getLayerWiseConfigurations(), updater -> planned(updater, iterations));
        return to(network);
    }

    private static IUpdater planned(IUpdater updater, int iterations) {
        return updater instanceof RuleUpdater ours ? ours.horizon(iterations) : updater;
    }

    /**
     * Plans for more iterations than was said first, in the midst of a training or at its end; the rule's state stays. The rule then
     * does what it does at this share of the longer run: a rate that had fallen rises again.
     *
     * @param iterations how many more, at least 1
     * @return the network
     */
    public static MultiLayerNetwork extendHorizon(MultiLayerNetwork network, int iterations) {
        LayerConfigurations.own(network);
        return renewed(network, updater -> extended(updater, iterations), false);
    }

    /**
     * Multiplies the updates of a network's learned rules by another positive number from here on; their state stays.
     *
     * @return the network
     */
    public static MultiLayerNetwork rate(MultiLayerNetwork network, double multiplier) {
        LayerConfigurations.own(network);
        return renewed(network, updater -> atRate(updater, multiplier), false);
    }

    /** As {@link #rate(MultiLayerNetwork, double)}. */
    public static ComputationGraph rate(ComputationGraph network, double multiplier) {
        LayerConfigurations.own(network);
        return renewed(network, updater -> atRate(updater, multiplier), false);
    }

    private static IUpdater atRate(IUpdater updater, double multiplier) {
        return updater instanceof LearnedUpdater learned ? learned.rate(multiplier) : updater;
    }

    /**
     * The parameters that a network is to be judged by: its own, but for rules that average over their steps, such as Schedule-Free
     * AdamW. DL4J evaluates and saves the network's own; so
     *
     * <pre>
     * MultiLayerNetwork judged = network.clone();
     * judged.setParams(Attach.evaluationParams(network));
     * </pre>
     *
     * @return a copy, in the order of {@code network.params()}
     */
    public static INDArray evaluationParams(MultiLayerNetwork network) {
        return evaluationParams(network, network.getUpdater());
    }

    /** As {@link #evaluationParams(MultiLayerNetwork)}. */
    public static INDArray evaluationParams(ComputationGraph network) {
        return evaluationParams(network, network.getUpdater());
    }

    private static INDArray evaluationParams(Model network, Updater updater) {
        INDArray params = network.params().dup();
        if (updater instanceof BaseMultiLayerUpdater<?> blocks) {
            BlockUpdater.writeEvaluationParams(blocks.getUpdaterBlocks(), network.params(), params);
        }
        return params;
    }

    private static IUpdater extended(IUpdater updater, int iterations) {
        if (iterations < 1) {
            throw new IllegalArgumentException("the horizon is to be extended by " + iterations + " iterations, expected at least 1");
        }
        return updater instanceof RuleUpdater ours && ours.bound().options().horizon() > 0
                ? ours.horizon(Math.addExact(ours.bound().options().horizon(), iterations))
                : updater;
    }

    /** As {@link #to(MultiLayerNetwork)}. */
    public static ComputationGraph to(ComputationGraph network) {
        network.init();
        LayerConfigurations.own(network);
        Map<IUpdater, IUpdater> attached = attached(network);
        renewed(network, updater -> attached.getOrDefault(updater, updater), anyChanges(attached));
        say(network);
        return network;
    }

    private static ComputationGraph renewed(ComputationGraph network, UnaryOperator<IUpdater> change, boolean fresh) {
        INDArray state = fresh ? null : network.getUpdater().getStateViewArray();
        LayerConfigurations.attach(network.getConfiguration(), change);
        GraphUpdater updater = new GraphUpdater(network, state);
        network.setUpdater(updater);
        attach(network, updater);
        return network;
    }

    /** As {@link #to(MultiLayerNetwork, DataSetIterator, int)}. */
    public static ComputationGraph to(ComputationGraph network, DataSetIterator data, int epochs) {
        network.init();
        return planned(network, Iterations.of(network, data, epochs));
    }

    /** As {@link #to(MultiLayerNetwork, DataSetIterator, int)}. */
    public static ComputationGraph to(ComputationGraph network, MultiDataSetIterator data, int epochs) {
        network.init();
        return planned(network, Iterations.of(network, data, epochs));
    }

    private static ComputationGraph planned(ComputationGraph network, int iterations) {
        LayerConfigurations.own(network);
        LayerConfigurations.attach(network.getConfiguration(), updater -> planned(updater, iterations));
        return to(network);
    }

    /** As {@link #extendHorizon(MultiLayerNetwork, int)}. */
    public static ComputationGraph extendHorizon(ComputationGraph network, int iterations) {
        LayerConfigurations.own(network);
        return renewed(network, updater -> extended(updater, iterations), false);
    }

    /**
     * Attaches the updater of a SameDiff graph's training configuration. The parameters must have been made; so this comes after the
     * graph, before {@code fit}. A loaded graph needs it again only if its rule looks at the loss; a message says so then.
     *
     * @return the graph
     * @throws IllegalArgumentException if the updater cannot serve the graph; the message says why and what to do
     */
    public static SameDiff to(SameDiff graph) {
        TrainingConfig config = trainingConfig(graph);
        if (!(config.getUpdater() instanceof RuleUpdater updater)) {
            throw nothingToAttach();
        }
        List<Variable> variables = new ArrayList<>();
        int offset = 0;
        for (SDVariable variable : graph.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE && variable.dataType().isFPType()) {
                requireServed(variable.dataType());
                Variable v = LayerTensors.ofSameDiff(variable.name(), variable.getArr());
                variables.add(new Variable(v.name(), offset, v.axes(), v.strides(), v.role(), v.fanIn(), v.growing(), 0, v.lookup()));
                offset += v.size();
            }
        }
        RuleUpdater attached = updater.with(new NetworkPlan(variables));
        requireServed(attached.bound());
        config.setUpdater(attached);
        config.setRegularization(LayerConfigurations.withTaps(config.getRegularization(), 1));
        renewUpdaters(graph, attached);
        if (attached instanceof LearnedUpdater learned) {
            Report.weightDecays(learned, config.getRegularization()).forEach(LOG::warn);
        }
        if (attached.bound().traits().usesLoss()) {
            GraphLoss.listen(graph);
        }
        return graph;
    }

    private static TrainingConfig trainingConfig(SameDiff graph) {
        return Optional.ofNullable(graph.getTrainingConfig())
                .orElseThrow(() -> new IllegalArgumentException(
                        "the SameDiff graph has no training configuration; call setTrainingConfig first"));
    }

    /** As {@link #to(SameDiff)}, for a run over some epochs of these data. */
    public static SameDiff to(SameDiff graph, DataSetIterator data, int epochs) {
        TrainingConfig config = trainingConfig(graph);
        config.setUpdater(planned(config.getUpdater(), Iterations.of(data, epochs)));
        return to(graph);
    }

    /** As {@link #extendHorizon(MultiLayerNetwork, int)}. */
    public static SameDiff extendHorizon(SameDiff graph, int iterations) {
        TrainingConfig config = trainingConfig(graph);
        IUpdater longer = extended(config.getUpdater(), iterations);
        if (graph.isInitializedTraining()) {
            graph.getUpdaterMap().replaceAll((name, old) -> old instanceof BlockUpdater ours
                    ? longer.instantiate(ours.getState(), false)
                    : old);
        }
        config.setUpdater(longer);
        return graph;
    }

    /**
     * Has a graph that has been trained go on with this updater: SameDiff makes its variables' updaters at the first fit and keeps them,
     * whatever its training configuration says later. Those that are of this updater stay.
     */
    private static void renewUpdaters(SameDiff graph, IUpdater updater) {
        if (!graph.isInitializedTraining()) {
            return;
        }
        graph.getUpdaterMap().replaceAll((name, old) -> old.getConfig().equals(updater)
                ? old
                : variableUpdater(updater, graph.getVariable(name).getArr()));
    }

    /** As SameDiff makes it; it has null for no state. */
    private static GradientUpdater<?> variableUpdater(IUpdater updater, INDArray variable) {
        long size = updater.stateSize(variable.length());
        INDArray state = size == 0 ? null : Nd4j.create(variable.dataType(), 1, size);
        GradientUpdater<?> made = updater.instantiate(state, false);
        made.setStateViewArray(state, variable.shape(), variable.ordering(), true);
        return made;
    }

    /** As {@link #detach(MultiLayerNetwork, IUpdater)} with DL4J's Adam at .001. */
    public static MultiLayerNetwork detach(MultiLayerNetwork network) {
        return detach(network, new Adam(1e-3));
    }

    /**
     * Takes this project out of a network, so that what DL4J saves of it can be opened without this project. Where an updater of this
     * project was left, the network's updater starts afresh; else its state stays. Layers inside a FrozenLayerWithBackprop keep
     * {@code Sgd(0)}: give them an updater where they are thawed.
     *
     * @param updater what takes the place of updaters of this project
     * @return the network
     */
    public static MultiLayerNetwork detach(MultiLayerNetwork network, IUpdater updater) {
        LayerConfigurations.own(network);
        Optional<INDArray> state = stateThatStays(network, network.getUpdater());
        LayerConfigurations.detach(network.getLayerWiseConfigurations(), other -> other instanceof RuleUpdater ? updater : other);
        network.setUpdater(new MultiLayerUpdater(network, state.orElse(null)));
        return network;
    }

    /** As {@link #detach(ComputationGraph, IUpdater)} with DL4J's Adam at .001. */
    public static ComputationGraph detach(ComputationGraph network) {
        return detach(network, new Adam(1e-3));
    }

    /** As {@link #detach(MultiLayerNetwork, IUpdater)}. */
    public static ComputationGraph detach(ComputationGraph network, IUpdater updater) {
        LayerConfigurations.own(network);
        Optional<INDArray> state = stateThatStays(network, network.getUpdater());
        LayerConfigurations.detach(network.getConfiguration(), other -> other instanceof RuleUpdater ? updater : other);
        network.setUpdater(new ComputationGraphUpdater(network, state.orElse(null)));
        return network;
    }

    /** As {@link #detach(SameDiff, IUpdater)} with DL4J's Adam at .001. */
    public static SameDiff detach(SameDiff graph) {
        return detach(graph, new Adam(1e-3));
    }

    /** As {@link #detach(MultiLayerNetwork, IUpdater)}, of a graph with a training configuration. */
    public static SameDiff detach(SameDiff graph, IUpdater updater) {
        TrainingConfig config = trainingConfig(graph);
        config.setRegularization(LayerConfigurations.withTaps(config.getRegularization(), 0));
        if (config.getUpdater() instanceof RuleUpdater) {
            config.setUpdater(updater);
            renewUpdaters(graph, updater);
        }
        GraphLoss.leave(graph);
        return graph;
    }

    private static Optional<INDArray> stateThatStays(Model network, Updater updater) {
        return tensors(network).isEmpty() ? Optional.ofNullable(updater.getStateViewArray()) : Optional.empty();
    }

    private static void requireServed(BoundRule rule) {
        rule.requireComplete();
        if (rule.traits().couplesTensors()) {
            throw new IllegalArgumentException("updater " + rule.name() + " looks at all tensors at once, but SameDiff updates one"
                    + " variable after the other, within the backward pass; take a rule that looks at one tensor at a time (small_fc,"
                    + " celo, celo2, adamw …), build the network as a ComputationGraph, or train the graph as a SameDiffTask");
        }
        if (rule.options().baseWidth() > 0) {
            throw new IllegalArgumentException("updater " + rule.name()
                    + ": a SameDiff graph does not say which variables grow with its width; leave .mup() away");
        }
    }

    /** What takes the place of each updater of this project. */
    private static Map<IUpdater, IUpdater> attached(Model network) {
        requireServed(network.params().dataType());
        Map<RuleUpdater, List<Variable>> tensors = tensors(network);
        if (tensors.isEmpty()) {
            throw nothingToAttach();
        }
        String family = NetworkFamily.of(LayerTensors.of(network));
        Map<IUpdater, IUpdater> attached = new LinkedHashMap<>();
        tensors.forEach((updater, variables) -> {
            RuleUpdater with = updater.inFamily(family).with(new NetworkPlan(variables));
            with.bound().requireComplete();
            attached.put(updater, with);
        });
        return attached;
    }

    private static boolean anyChanges(Map<IUpdater, IUpdater> attached) {
        return attached.entrySet().stream().anyMatch(entry -> !entry.getKey().equals(entry.getValue()));
    }

    private static Map<RuleUpdater, List<Variable>> tensors(Model network) {
        Map<RuleUpdater, List<Variable>> tensors = new LinkedHashMap<>();
        for (LayerTensor tensor : LayerTensors.of(network)) {
            IUpdater updater = tensor.owner().getConfig().getUpdaterByParam(tensor.parameter());
            if (updater instanceof RuleUpdater ours && !tensor.isFrozen()
                    && !tensor.owner().getConfig().isPretrainParam(tensor.parameter())) {
                tensors.computeIfAbsent(ours, u -> new ArrayList<>()).add(tensor.variable());
            }
        }
        return tensors;
    }

    private static void attach(Model network, BaseMultiLayerUpdater<?> updater) {
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            if (block.getGradientUpdater() instanceof BlockUpdater ours) {
                ours.attach(network);
            }
        }
    }

    private static void requireServed(DataType type) {
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException("the network's parameters are of type " + type
                    + ", but updaters of this project serve FLOAT, and DOUBLE by way of FLOAT; set .dataType(DataType.FLOAT) in its configuration");
        }
    }

    private static IllegalArgumentException nothingToAttach() {
        return new IllegalArgumentException("no updater of this project is in the network's configuration; set one, for instance"
                + " .updater(LearnedUpdater.load(file)), and then call Attach.to(network)");
    }
}
