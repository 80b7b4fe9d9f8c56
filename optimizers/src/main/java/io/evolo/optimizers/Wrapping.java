package io.evolo.optimizers;

import io.evolo.tasks.Role;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What can be put around any rule, learned ones included, always in the same order. For a step:
 *
 * <ol>
 *   <li>gradients are accumulated ({@link GradientAccumulation}); the rest happens once per so many, on their mean;
 *   <li>the gradient is clipped to a norm over all tensors ({@link GlobalNormClip});
 *   <li>tensors decay, by the share of their role ({@link WeightDecay}): coupled decay is added to the clipped gradient; decoupled and
 *       independent decay shrink the parameters;
 *   <li>the rule, with the wrappers in its name around it, makes its step, at the rate of its own schedule, multiplied by the tensor's muP
 *       factor;
 *   <li>what the rule changed in tensors of a role is multiplied by its factor ({@link RoleRates});
 *   <li>what the rule changed is multiplied ({@link RateMultiplier}); the decay is not.
 * </ol>
 *
 * @param accumulate gradients per step
 * @param clip largest norm; infinite: none
 * @param decay weight decay beside the rule's own
 * @param decayShares factor on that decay by role; 1 where it is missing
 * @param rateFactors factor on the rule's steps by role; 1 where it is missing
 * @param multiplier on the rule's steps
 */
public record Wrapping(int accumulate, double clip, Decay decay, Map<Role, Double> decayShares, Map<Role, Double> rateFactors, Schedule multiplier) {
    private static final Schedule ONE = Schedules.constant(1);

    /** Nothing. */
    public static final Wrapping NONE = new Wrapping(1, Double.POSITIVE_INFINITY, Decay.none(), Map.of(), Map.of(), ONE);

    public Wrapping {
        decayShares = Map.copyOf(decayShares);
        rateFactors = Map.copyOf(rateFactors);
    }

    public Wrapping accumulating(int every) {
        return new Wrapping(every, clip, decay, decayShares, rateFactors, multiplier);
    }

    public Wrapping clipping(double norm) {
        return new Wrapping(accumulate, norm, decay, decayShares, rateFactors, multiplier);
    }

    /** With that decay, but for tensors of the exempt roles. */
    public Wrapping decaying(Decay newDecay, Set<Role> exempt) {
        Map<Role, Double> shares = exempt.stream().collect(Collectors.toMap(Function.identity(), role -> 0.0));
        return new Wrapping(accumulate, clip, newDecay, shares, rateFactors, multiplier);
    }

    public Wrapping multiplying(Schedule newMultiplier) {
        return new Wrapping(accumulate, clip, decay, decayShares, rateFactors, newMultiplier);
    }

    /** The rule within all that is not idle; the rule itself if nothing is. */
    public Optimizer around(Optimizer rule) {
        Optimizer wrapped = rateFactors.isEmpty() ? rule : new RoleRates(rule, rateFactors);
        wrapped = multiplier.equals(ONE) ? wrapped : new RateMultiplier(wrapped, multiplier);
        wrapped = decay.strength() == 0 ? wrapped : new WeightDecay(wrapped, decay, decayShares);
        wrapped = clip == Double.POSITIVE_INFINITY ? wrapped : new GlobalNormClip(wrapped, clip);
        return accumulate == 1 ? wrapped : new GradientAccumulation(wrapped, accumulate);
    }
}
