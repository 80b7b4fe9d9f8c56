package io.evolo.cli;

import io.evolo.optimizers.guard.Rails;
import io.evolo.schema.Default;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import java.util.List;

/** {@link Rails} as the command line sets them: its components, all of them off. */
record RailsSetting(
        @Default(".inf") double cap,
        @Default("false") boolean rollBack,
        @Default(".inf") double spike,
        @Default("50") int keep,
        @Default("3") int patience,
        @Default("0") double fallback,
        @Default("1") double blend) {

    RailsSetting {
        new Rails(cap, rollBack, spike, keep, patience, fallback, blend); // refuses what is out of range
    }

    /** The rails of settings {@code KEY=VALUE}. */
    static Rails parse(List<String> settings) {
        YamlNode tree = YamlReader.document("", "the rails");
        for (String setting : settings) {
            tree = Setting.parse(setting, "--rails", "spike=4").applyTo(tree);
        }
        return Schema.of(RailsSetting.class).bind(tree).rails();
    }

    private Rails rails() {
        return new Rails(cap, rollBack, spike, keep, patience, fallback, blend);
    }
}
