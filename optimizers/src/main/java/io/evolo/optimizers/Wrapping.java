package io.evolo.optimizers;

import io.evolo.tasks.Role;
import java.util.Set;

/**
 * What can be put around any rule, learned ones included, always in the same order. For a step:
 *
 * <ol>
 *   <li>gradients are accumulated ({@link GradientAccumulation}); the rest happens once per so many, on their mean;
 *   <li>the gradient is clipped to a norm over all tensors ({@link GlobalNormClip});
 *   <li>tensors whose role is not exempt decay ({@link WeightDecay}): coupled decay is added to the clipped gradient; decoupled and
 *       independent decay shrink the parameters;
 *   <li>the rule, with the wrappers in its name around it, makes its step, at the rate of its own schedule, multiplied by the tensor's muP
 *       factor;
 *   <li>what the rule changed is multiplied ({@link RateMultiplier}); the decay is not.
 * </ol>
 *
 * @param accumulate gradients per step
 * @param clip largest norm; infinite: none
 * @param decay weight decay beside the rule's own
 * @param exempt roles without that decay
 * @param multiplier on the rule's steps
 */
public record Wrapping(int accumulate, double clip, Decay decay, Set<Role> exempt, Schedule multiplier) {
    private static final Schedule ONE = Schedules.constant(1);

    /** Nothing. */
    public static final Wrapping NONE = new Wrapping(1, Double.POSITIVE_INFINITY, Decay.none(), Set.of(), ONE);

    public Wrapping {
        exempt = Set.copyOf(exempt);
    }

    public Wrapping accumulating(int every) {
        return new Wrapping(every, clip, decay, exempt, multiplier);
    }

    public Wrapping clipping(double norm) {
        return new Wrapping(accumulate, norm, decay, exempt, multiplier);
    }

    public Wrapping decaying(Decay newDecay, Set<Role> newExempt) {
        return new Wrapping(accumulate, clip, newDecay, newExempt, multiplier);
    }

    public Wrapping multiplying(Schedule newMultiplier) {
        return new Wrapping(accumulate, clip, decay, exempt, newMultiplier);
    }

    /** The rule within all that is not idle; the rule itself if nothing is. */
    public Optimizer around(Optimizer rule) {
        Optimizer wrapped = multiplier.equals(ONE) ? rule : new RateMultiplier(rule, multiplier);
        wrapped = decay.strength() == 0 ? wrapped : new WeightDecay(wrapped, decay, exempt);
        wrapped = clip == Double.POSITIVE_INFINITY ? wrapped : new GlobalNormClip(wrapped, clip);
        return accumulate == 1 ? wrapped : new GradientAccumulation(wrapped, accumulate);
    }
}
