package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.schema.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The hand-designed rules by name. A new rule stands in the list here; name, defaults and ranges stand in its own record. So do those of
 * wrappers, rules around any other, which follow a rule's name behind a plus: {@code adamw+cautious+lookahead}. Their order is fixed, so that
 * one combination has one name.
 */
public final class HandDesigned {
    private static final List<Description> RULES = List.of(
            Description.of(Sgd.class),
            Description.of(Momentum.class),
            Description.of(Nesterov.class),
            Description.of(AdaGrad.class),
            Description.of(RmsProp.class),
            Description.of(RmsPropTf.class),
            Description.of(Adam.class),
            Description.of(AdamW.class),
            Description.of(TransformersAdamW.class),
            Description.of(NAdam.class),
            Description.of(NAdamW.class),
            Description.of(VeloNAdamW.class),
            Description.of(Adafactor.class),
            Description.of(RankOneAdam.class),
            Description.of(Lion.class),
            Description.of(Signum.class),
            Description.of(Adalayer.class),
            Description.of(LastAdalayer.class),
            Description.of(Lars.class),
            Description.of(Larc.class),
            Description.of(Lamb.class),
            Description.of(PaperLamb.class),
            Description.of(TvLars.class),
            Description.of(ExpAdam.class),
            Description.of(ScheduleFreeAdamW.class),
            Description.of(Prodigy.class),
            Description.of(AdEmaMix.class),
            Description.of(SimplifiedAdEmaMix.class),
            Description.of(Adopt.class),
            Description.of(Adan.class),
            Description.of(Mars.class),
            Description.of(MarsLion.class),
            Description.of(ProdigyScheduleFree.class),
            Description.of(Muon.class),
            Description.of(NorMuon.class),
            Description.of(MuonSquared.class),
            Description.of(AdaMuon.class),
            Description.of(Dion.class),
            Description.of(Scion.class),
            Description.of(Soap.class),
            Description.of(KlShampoo.class),
            Description.of(KlSoap.class),
            Description.of(SoapMuon.class),
            Description.of(Shampoo.class),
            Description.of(PsgdKron.class),
            Description.of(KFac.class),
            Description.of(Mkor.class),
            Description.of(MkorH.class),
            Description.of(ZoSign.class),
            Description.of(NgDiff.class));

    /**
     * From the inside to the outside: what changes the rule's step; then what changes the gradient that all of that sees; then what draws
     * the parameters elsewhere; then what only reads them.
     */
    private static final List<Description> WRAPPERS = List.of(
            Description.of(Cautious.class),
            Description.of(CautiousDecay.class),
            Description.of(Hyperball.class),
            Description.of(Grokfast.class),
            Description.of(GrokfastWindow.class),
            Description.of(Lookahead.class),
            Description.of(EmaNesterov.class),
            Description.of(TailEma.class));

    private HandDesigned() {}

    /** The rules, without anything around them. */
    public static List<String> names() {
        return RULES.stream().map(Description::name).toList();
    }

    /** What can stand behind a rule's name, in the order in which it must. */
    public static List<String> wrappers() {
        return WRAPPERS.stream().map(Description::name).toList();
    }

    /**
     * The rule at the beginning of a name, and the wrappers behind it.
     *
     * @throws IllegalArgumentException if there is no such rule or wrapper (the message names the nearest), or wrappers stand in
     *     another order than theirs
     */
    public static List<String> parts(String name) {
        Composition composition = composition(name);
        List<String> parts = new ArrayList<>(List.of(composition.rule().name()));
        composition.wrappers().forEach(wrapper -> parts.add(wrapper.name()));
        return List.copyOf(parts);
    }

    /** @throws IllegalArgumentException as {@link #parts} */
    public static void requireKnown(String name) {
        composition(name);
    }

    /**
     * What the rule of that name can be set by.
     *
     * @throws IllegalArgumentException if there is none; the message names the nearest one
     */
    public static List<Hyperparameter> hyperparameters(String name) {
        return composition(name).hyperparameters();
    }

    /**
     * The rule of that name with its reference implementation's hyperparameters.
     *
     * @throws IllegalArgumentException if there is none; the message names the nearest one
     */
    public static Optimizer named(String name, Schedule rate) {
        return of(name, Map.of(), rate);
    }

    /**
     * The rule of that name with these hyperparameters, the reference implementation's for those not given. Switches are 0 and 1.
     *
     * @throws IllegalArgumentException if there is no such rule or hyperparameter (the message names the nearest one), or a value is
     *     out of range (the message names rule, hyperparameter, value and range)
     */
    public static Optimizer of(String name, Map<String, Double> hyperparameters, Schedule rate) {
        return composition(name).make(hyperparameters, rate);
    }

    private static Composition composition(String name) {
        String[] parts = name.split("\\+", -1);
        Description rule = find("optimizer", RULES, parts[0]);
        List<Description> wrappers = new ArrayList<>();
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            wrappers.add(find("wrapper", WRAPPERS, part));
        }
        List<Description> inOrder = WRAPPERS.stream().filter(wrappers::contains).toList();
        if (!inOrder.equals(wrappers)) {
            throw new IllegalArgumentException("'" + name + "': wrappers stand once each, in the order " + String.join(", ", wrappers())
                    + "; write " + new Composition(rule, inOrder).name());
        }
        return new Composition(rule, List.copyOf(wrappers));
    }

    private static Description find(String kind, List<Description> among, String name) {
        return among.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        Names.unknown(kind, name, among.stream().map(Description::name).toList())));
    }
}
