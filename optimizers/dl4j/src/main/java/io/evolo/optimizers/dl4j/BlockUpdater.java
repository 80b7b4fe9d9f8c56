package io.evolo.optimizers.dl4j;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running half of a {@link RuleUpdater}: turns the gradient of one of DL4J's updater blocks, or of one SameDiff variable, into
 * what is subtracted from the parameters. The rule's state is kept in DL4J's updater state, see {@link StateMemory}: after every step,
 * or, of attached networks and SameDiff's variables, when someone asks for it.
 *
 * <p>A rule that couples tensors moves all blocks when the last one comes. Until then the gradients of the earlier ones are kept and
 * their place in DL4J's memory is cleared, so that weight decay can be added there; the update is added to it.
 */
final class BlockUpdater implements GradientUpdater<RuleUpdater> {
    private static final Logger LOG = LoggerFactory.getLogger(BlockUpdater.class);
    private static final String STATE = "evolo";
    private static final ThreadLocal<Pass> PASS = new ThreadLocal<>();

    private final RuleUpdater config;
    private Optional<INDArray> state;
    private Optional<Session> session = Optional.empty();
    private WeakReference<Model> model = new WeakReference<>(null);
    private Optional<Unsaved> unsaved = Optional.empty();
    private Optional<Memory> gradients = Optional.empty();
    private Optional<Memory> parameters = Optional.empty();
    private Optional<Memory> states = Optional.empty();
    private float multiplier = 1;
    private boolean ofVariable;
    private boolean onDemand;

    /** One update of several blocks, so far: the first of them, and the number of values that the state has up to here. */
    private record Pass(BlockUpdater first, Session session, long stateEnd) {}

    /** State that DL4J's memory has not got yet. */
    private record Unsaved(Session session, StateMemory memory) {}

    BlockUpdater(RuleUpdater config, Optional<INDArray> state, boolean initialize) {
        this.config = config;
        this.state = state;
        if (initialize) {
            state.ifPresent(array -> array.assign(0));
        }
    }

    /** Tells the network that this belongs to, which has parameters and loss, and whose updater calls
     * {@link #writeStates}. */
    void attach(Model network) {
        model = new WeakReference<>(network);
        onDemand = true;
    }

    @Override
    public RuleUpdater getConfig() {
        return config;
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        Optional<Tap.Tapped> tapped = Tap.take();
        BoundRule rule = config.bound();
        if (rule.plan().isEmpty()) {
            throw new IllegalStateException("updater " + rule.name() + " does not know the network's tensors; call"
                    + " Attach.to(network) once, before the first fit (it also calls init() where that is still to be done)");
        }
        rule.requireComplete();
        multiplier = (float) config.multiplier(iteration, epoch);
        if (ofVariable) {
            moveVariable(rule, tapped.orElseThrow(() -> lost(rule)), gradient);
        } else if (rule.traits().couplesTensors()) {
            moveTogether(rule, tapped, gradient);
        } else {
            moveBlock(rule, tapped, gradient);
        }
    }

    /** A block for itself. */
    private void moveBlock(BoundRule rule, Optional<Tap.Tapped> tapped, INDArray gradient) {
        long begin = gradient.offset();
        if (state.isEmpty()) {
            requireAll(rule, rule.plan().within(begin, begin + gradient.length()), gradient.length());
        }
        gradients = memory(gradients, gradient, begin);
        step(rule, () -> rule.plan().within(begin, begin + gradient.length()), gradients.get(), parameters(rule, tapped));
    }

    /** One SameDiff variable, whose arrays are its own. */
    private void moveVariable(BoundRule rule, Tap.Tapped tapped, INDArray gradient) {
        INDArray parameters = tapped.parameters();
        boolean alike = Arrays.equals(gradient.stride(), parameters.stride());
        INDArray same = alike ? gradient : gradient.dup(parameters.ordering());
        if (!Arrays.equals(same.stride(), parameters.stride())) {
            throw new IllegalStateException("SameDiff parameter of shape " + Arrays.toString(parameters.shape()) + " has strides "
                    + Arrays.toString(parameters.stride()) + ", expected those of a dense array; replace it by its dup()");
        }
        step(rule, () -> new NetworkPlan(List.of(LayerTensors.ofSameDiff("variable", parameters))), Memory.of(same),
                Memory.of(parameters));
        if (!alike) {
            gradient.assign(same);
        }
    }

    private void step(BoundRule rule, Supplier<NetworkPlan> plan, Memory gradient, Memory params) {
        StateMemory memory = stateMemory(rule, state.map(INDArray::length).orElse(0L));
        Session now = session(rule, plan, memory, gradient.array().length());
        float loss = loss(rule);
        now.each(group -> {
            group.readGradient(gradient, 0, Integer.MAX_VALUE);
            group.move(params, loss, multiplier);
            group.writeUpdates(params, gradient, 0, Integer.MAX_VALUE);
        });
        keep(now, memory);
        gradient.flush();
    }

    /** A block of a rule that couples tensors: all move when the last comes. */
    private void moveTogether(BoundRule rule, Optional<Tap.Tapped> tapped, INDArray gradient) {
        int begin = Math.toIntExact(gradient.offset());
        int end = Math.toIntExact(begin + gradient.length());
        if (session.isEmpty()) {
            requireAll(rule, rule.plan().within(begin, end), gradient.length());
        }
        List<Variable> variables = rule.plan().variables();
        boolean first = begin <= variables.getFirst().offset();
        Pass pass = first ? begin(rule) : continued(rule);
        Memory part = Memory.of(gradient, begin);
        pass.session().each(group -> group.readGradient(part, begin, end));
        long stateEnd = stateEnd(rule, pass);
        if (end < variables.getLast().offset() + variables.getLast().size()) {
            gradient.assign(0);
            PASS.set(new Pass(pass.first(), pass.session(), stateEnd));
            return;
        }
        PASS.remove();
        StateMemory memory = pass.first().stateMemory(rule, stateEnd);
        Memory params = parameters(rule, tapped);
        float loss = loss(rule);
        pass.session().load(memory);
        pass.session().each(group -> group.move(params, loss, multiplier));
        pass.session().each(group -> group.writeUpdates(params, part, begin, end));
        part.flush();
        if (!first) {
            requireInPlace(rule, part);
            pass.session().each(group -> group.addUpdates(params, part, 0, begin));
        }
        pass.first().keep(pass.session(), memory);
    }

    /** Writes the rule's state, or says that it can be asked for. */
    private void keep(Session now, StateMemory memory) {
        warnBeyondHorizon(now.steps());
        now.interventions().filter(acted -> config.firstHeldBack()).ifPresent(acted ->
                LOG.warn("{} is held back by its rails after {} iterations: {}; later interventions are not logged",
                        config.bound().name(), now.steps(), acted));
        if (onDemand && memory.memory().inPlace()) {
            now.mark(memory);
            unsaved = Optional.of(new Unsaved(now, memory));
        } else {
            now.save(memory);
        }
    }

    /**
     * Writes the parameters that the network is to be judged by, of those that these blocks move.
     *
     * @param params the network's, not changed
     * @param out a copy of them
     */
    static void writeEvaluationParams(List<UpdaterBlock> blocks, INDArray params, INDArray out) {
        Memory from = Memory.of(params);
        Memory to = Memory.of(out);
        long stateLength = blocks.stream()
                .filter(block -> block.getGradientUpdater() instanceof BlockUpdater && block.getUpdaterView() != null)
                .mapToLong(block -> block.getUpdaterView().length())
                .sum();
        for (UpdaterBlock block : blocks) {
            if (block.getGradientUpdater() instanceof BlockUpdater ours && block.getUpdaterView() != null) {
                ours.writeEvaluationParams(block.getParamOffsetStart(), block.getParamOffsetEnd(), stateLength, from, to);
            }
        }
        to.flush();
    }

    private void writeEvaluationParams(int begin, int end, long stateLength, Memory params, Memory out) {
        BoundRule rule = config.bound();
        boolean together = rule.traits().couplesTensors();
        NetworkPlan tensors = together ? rule.plan() : rule.plan().within(begin, end);
        boolean noneOfItsOwn = tensors.isEmpty() || together && begin > tensors.variables().getFirst().offset();
        if (noneOfItsOwn || stateMemory(rule, StateMemory.HEADER).stamp() == 0) {
            return;
        }
        StateMemory memory = stateMemory(rule, stateLength);
        session(rule, () -> tensors, memory, tensors.size()).each(group -> group.writeEvaluationParams(params, out));
    }

    private void warnBeyondHorizon(int steps) {
        BoundRule rule = config.bound();
        if (rule.isBeyondHorizon(steps) && config.firstBeyondHorizon()) {
            LOG.warn("{} has made the {} iterations that it was planned for; from here on it may not move the network any more. Plan for"
                    + " more by Attach.extendHorizon(network, iterations), or from the beginning by Attach.to(network, data, epochs);"
                    + " under truncated back-propagation through time every segment is an iteration",
                    rule.name(), rule.options().horizon());
        }
    }

    /** Writes the state that these blocks have kept to themselves, and that nobody else has overwritten. */
    static void writeStates(List<UpdaterBlock> blocks) {
        for (UpdaterBlock block : blocks) {
            if (block.getGradientUpdater() instanceof BlockUpdater ours) {
                ours.writeState();
            }
        }
    }

    private void writeState() {
        unsaved.filter(newer -> newer.session().wrote(newer.memory())).ifPresent(newer -> newer.session().save(newer.memory()));
        unsaved = Optional.empty();
    }

    private static void requireInPlace(BoundRule rule, Memory gradients) {
        if (!gradients.inPlace()) {
            throw new IllegalStateException("updater " + rule.name() + " couples the network's tensors, which batch norm's running"
                    + " statistics part; that is served of FLOAT on nd4j-native alone: take these, a rule that looks at one tensor at a"
                    + " time, or layer normalisation");
        }
    }

    private Pass begin(BoundRule rule) {
        boolean fresh = stateMemory(rule, StateMemory.HEADER).stamp() == 0;
        if (session.isEmpty() || fresh && session.get().begun()) {
            session = Optional.of(new Session(rule, rule.plan()));
        }
        return new Pass(this, session.get(), 0);
    }

    /** The values of state from the first block's on to the end of this one's. */
    private long stateEnd(BoundRule rule, Pass pass) {
        INDArray array = state.orElseThrow(() -> withoutState(rule));
        if (array.offset() != pass.first().state.orElseThrow().offset() + pass.stateEnd()) {
            throw new IllegalStateException("updater " + rule.name() + " couples the network's tensors, but another updater's state"
                    + " lies between theirs; use one updater for the whole network");
        }
        return pass.stateEnd() + array.length();
    }

    private static IllegalStateException withoutState(BoundRule rule) {
        return new IllegalStateException("updater " + rule.name()
                + ": DL4J made its updater state before the updater was attached; call Attach.to(network) again");
    }

    private static Pass continued(BoundRule rule) {
        return Optional.ofNullable(PASS.get())
                .orElseThrow(() -> new IllegalStateException("updater " + rule.name()
                        + ": the network's first tensors were not updated before; call Attach.to(network) again"));
    }

    /**
     * The session, with DL4J's state if that is newer; fresh if that is.
     *
     * @param length parameters of the block
     */
    private Session session(BoundRule rule, Supplier<NetworkPlan> plan, StateMemory memory, long length) {
        boolean fresh = memory.stamp() == 0;
        boolean otherParts = !fresh && session.isPresent() && session.get().parts() != memory.parts();
        if (session.isEmpty() || otherParts || fresh && session.get().begun()) {
            NetworkPlan tensors = plan.get();
            requireAll(rule, tensors, length);
            session = Optional.of(fresh ? new Session(rule, tensors) : new Session(rule, tensors, memory.parts()));
        }
        if (!fresh) {
            session.get().load(memory);
        }
        return session.get();
    }

    private StateMemory stateMemory(BoundRule rule, long length) {
        states = memory(states, state.orElseThrow(() -> withoutState(rule)), 0);
        return new StateMemory(states.get(), Math.toIntExact(length));
    }

    /** The array's memory: what was found last, if that was in place and of this array, for finding it costs microseconds. */
    private static Optional<Memory> memory(Optional<Memory> last, INDArray array, long begin) {
        return last.isPresent() && last.get().array() == array && last.get().inPlace() ? last : Optional.of(Memory.of(array, begin));
    }

    /** The network's parameters: from the network itself, or by way of those that the tap has shown. */
    private Memory parameters(BoundRule rule, Optional<Tap.Tapped> tapped) {
        Model network = model.get();
        if (network != null) {
            parameters = memory(parameters, network.params(), 0);
            return parameters.get();
        }
        if (tapped.isPresent() && Nd4j.getEnvironment().isCPU()) {
            return Memory.around(tapped.get().parameters(), tapped.get().gradient().offset());
        }
        throw lost(rule);
    }

    private static IllegalStateException lost(BoundRule rule) {
        return new IllegalStateException("updater " + rule.name()
                + " does not see the parameters of this copy of the network; call Attach.to(copy) once");
    }

    private float loss(BoundRule rule) {
        Model network = model.get();
        if (network != null) {
            return (float) network.score();
        }
        if (!rule.traits().usesLoss()) {
            return 0;
        }
        return (ofVariable ? GraphLoss.current() : LossListener.current())
                .orElseThrow(() -> new IllegalStateException("updater " + rule.name() + " looks at the loss, which this copy of the"
                        + " network does not show; call Attach.to(copy) once, of a SameDiff graph after setListeners too; replicas"
                        + " show it by a listener, as in ParallelWrapper.setListeners(new LossListener())"));
    }

    private static void requireAll(BoundRule rule, NetworkPlan plan, long length) {
        if (plan.size() != length) {
            throw new IllegalStateException("updater " + rule.name() + " knows tensors of " + plan.size()
                    + " parameters in a block of " + length + "; if the network was changed, call Attach.to(network) again; pretrain(),"
                    + " layer by layer, is not served: give that layer an updater of DL4J's, pretrain, then set this one and call"
                    + " Attach.to(network)");
        }
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        unsaved = Optional.empty();
        state = Optional.ofNullable(stateMap.get(STATE));
        ofVariable = true;
        onDemand = true;
    }

    @Override
    public Map<String, INDArray> getState() {
        writeState();
        return state.map(array -> Map.of(STATE, array)).orElse(Map.of());
    }

    /** Called by SameDiff alone. */
    @Override
    public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialize) {
        unsaved = Optional.empty();
        state = Optional.ofNullable(view);
        ofVariable = true;
        onDemand = true;
        if (initialize) {
            state.ifPresent(array -> array.assign(0));
        }
    }
}
