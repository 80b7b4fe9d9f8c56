package io.evolo.optimizers.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The rules made last. Every layer of a loaded network has an updater of its own, equal to the others', and asks its rule for the size
 * of its state; making one means testing a package. Only values that are equal anyway are shared.
 */
final class BoundRules {
    private static final int MOST = 8;
    private static final Map<RuleUpdater, BoundRule> RECENT = new LinkedHashMap<>(MOST, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RuleUpdater, BoundRule> eldest) {
            return size() > MOST;
        }
    };

    private BoundRules() {}

    static BoundRule of(RuleUpdater updater, Supplier<BoundRule> make) {
        synchronized (RECENT) {
            if (!RECENT.containsKey(updater)) {
                RECENT.put(updater, make.get());
            }
            return RECENT.get(updater);
        }
    }
}
