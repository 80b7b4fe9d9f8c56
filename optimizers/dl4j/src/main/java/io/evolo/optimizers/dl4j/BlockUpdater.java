package io.evolo.optimizers.dl4j;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * The running half of a {@link RuleUpdater}: turns the gradient of one of DL4J's updater blocks, or of one SameDiff variable, into
 * what is subtracted from the parameters. The rule's state is kept in DL4J's updater state, see {@link StateMemory}.
 *
 * <p>A rule that couples tensors moves all blocks when the last one comes. Until then the gradients of the earlier ones are kept and
 * their place in DL4J's memory is cleared, so that weight decay can be added there; the update is added to it.
 */
final class BlockUpdater implements GradientUpdater<RuleUpdater> {
    private static final String STATE = "evolo";
    private static final ThreadLocal<Pass> PASS = new ThreadLocal<>();

    private final RuleUpdater config;
    private Optional<INDArray> state;
    private Optional<Session> session = Optional.empty();
    private WeakReference<Model> model = new WeakReference<>(null);
    private boolean ofVariable;

    /** One update of several blocks, so far: the first of them, and the number of values that the state has up to here. */
    private record Pass(BlockUpdater first, Session session, long stateEnd) {}

    /** Parameters or gradients; {@code shift} leads from an offset in the network's to an index of {@code memory}'s values. */
    private record Source(Memory memory, int shift) {}

    BlockUpdater(RuleUpdater config, Optional<INDArray> state, boolean initialize) {
        this.config = config;
        this.state = state;
        if (initialize) {
            state.ifPresent(array -> array.assign(0));
        }
    }

    /** Tells the network that this belongs to: it has parameters and loss. */
    void attach(Model network) {
        model = new WeakReference<>(network);
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
        int begin = Math.toIntExact(gradient.offset());
        NetworkPlan plan = rule.plan().within(begin, begin + gradient.length());
        Source gradients = source(gradient, begin);
        Source parameters = parameters(rule, tapped);
        step(rule, plan, gradients, parameters, stateMemory(rule, state.map(INDArray::length).orElse(0L)));
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
        NetworkPlan plan = new NetworkPlan(List.of(LayerTensors.ofSameDiff("variable", parameters)));
        step(rule, plan, source(same, 0), source(parameters, 0), stateMemory(rule, state.map(INDArray::length).orElse(0L)));
        if (!alike) {
            gradient.assign(same);
        }
    }

    private void step(BoundRule rule, NetworkPlan plan, Source gradients, Source parameters, StateMemory memory) {
        requireAll(rule, plan, gradients.memory().array().length());
        Session now = session(rule, plan, memory);
        float loss = loss(rule);
        now.each(group -> {
            group.readGradient(gradients.memory().values(), gradients.shift(), 0, Integer.MAX_VALUE);
            group.move(parameters.memory().values(), parameters.shift(), loss);
            group.writeUpdates(gradients.memory().values(), gradients.shift(), 0, Integer.MAX_VALUE);
        });
        now.save(memory);
        gradients.memory().flush();
    }

    /** A block of a rule that couples tensors: all move when the last comes. */
    private void moveTogether(BoundRule rule, Optional<Tap.Tapped> tapped, INDArray gradient) {
        int begin = Math.toIntExact(gradient.offset());
        int end = Math.toIntExact(begin + gradient.length());
        List<Variable> variables = rule.plan().variables();
        boolean first = begin <= variables.getFirst().offset();
        Pass pass = first ? begin(rule) : continued(rule);
        Source gradients = source(gradient, begin);
        pass.session().each(group -> group.readGradient(gradients.memory().values(), gradients.shift(), begin, end));
        long stateEnd = stateEnd(rule, pass);
        if (end < variables.getLast().offset() + variables.getLast().size()) {
            gradient.assign(0);
            PASS.set(new Pass(pass.first(), pass.session(), stateEnd));
            return;
        }
        PASS.remove();
        StateMemory memory = pass.first().stateMemory(rule, stateEnd);
        Source parameters = parameters(rule, tapped);
        float loss = loss(rule);
        pass.session().load(memory);
        pass.session().each(group -> group.move(parameters.memory().values(), parameters.shift(), loss));
        pass.session().each(group -> group.writeUpdates(gradients.memory().values(), gradients.shift(), begin, end));
        gradients.memory().flush();
        if (!first) {
            pass.session().each(group -> group.addUpdates(gradients.memory().values(), gradients.shift(), 0, begin));
        }
        pass.session().save(memory);
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

    /** The session, with DL4J's state if that is newer; fresh if that is. */
    private Session session(BoundRule rule, NetworkPlan plan, StateMemory memory) {
        boolean fresh = memory.stamp() == 0;
        if (session.isEmpty() || fresh && session.get().begun()) {
            session = Optional.of(new Session(rule, plan));
        }
        if (!fresh) {
            session.get().load(memory);
        }
        return session.get();
    }

    private StateMemory stateMemory(BoundRule rule, long length) {
        INDArray array = state.orElseThrow(() -> withoutState(rule));
        Memory memory = Memory.of(array);
        return new StateMemory(memory.values(), memory.at(), Math.toIntExact(length));
    }

    private static Source source(INDArray array, int begin) {
        Memory memory = Memory.of(array);
        return new Source(memory, memory.at() - begin);
    }

    /** The network's parameters: from the network itself, or by way of those that the tap has shown. */
    private Source parameters(BoundRule rule, Optional<Tap.Tapped> tapped) {
        Model network = model.get();
        if (network != null) {
            return source(network.params(), 0);
        }
        if (tapped.isPresent() && Nd4j.getEnvironment().isCPU()) {
            return source(tapped.get().parameters(), Math.toIntExact(tapped.get().gradient().offset()));
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
        if (rule.traits().usesLoss()) {
            throw new IllegalStateException("updater " + rule.name()
                    + " looks at the loss, which this copy of the network does not show; call Attach.to(copy) once");
        }
        return 0;
    }

    private static void requireAll(BoundRule rule, NetworkPlan plan, long length) {
        if (plan.size() != length) {
            throw new IllegalStateException("updater " + rule.name() + " knows tensors of " + plan.size()
                    + " parameters in a block of " + length + "; was the network changed? Call Attach.to(network) again");
        }
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        state = Optional.ofNullable(stateMap.get(STATE));
        ofVariable = true;
    }

    @Override
    public Map<String, INDArray> getState() {
        return state.map(array -> Map.of(STATE, array)).orElse(Map.of());
    }

    /** Called by SameDiff alone. */
    @Override
    public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialize) {
        state = Optional.ofNullable(view);
        ofVariable = true;
        if (initialize) {
            state.ifPresent(array -> array.assign(0));
        }
    }
}
