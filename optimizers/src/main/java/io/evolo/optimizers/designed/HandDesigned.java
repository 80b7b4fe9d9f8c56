package io.evolo.optimizers.designed;

import io.evolo.optimizers.Names;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import java.util.List;
import java.util.Map;

/**
 * The hand-designed rules by name. A new rule stands in the list here; name, defaults and ranges stand in its own record.
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

    private HandDesigned() {}

    public static List<String> names() {
        return RULES.stream().map(Description::name).toList();
    }

    /**
     * What the rule of that name can be set by.
     *
     * @throws IllegalArgumentException if there is none; the message names the nearest one
     */
    public static List<Hyperparameter> hyperparameters(String name) {
        return description(name).hyperparameters();
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
        return description(name).make(hyperparameters, rate);
    }

    private static Description description(String name) {
        return RULES.stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(Names.unknown("hand-designed optimizer", name, names())));
    }
}
