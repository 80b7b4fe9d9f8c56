package io.evolo.meta.cuda;

import io.evolo.optimizers.learned.LearnedOptimizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernels of a run, compiled for one device: those of networks, and those of one rule.
 *
 * @param byName all of them
 */
record Kernels(Map<String, Device.Kernel> byName) {
    private static final Pattern KERNEL = Pattern.compile("__global__\\s+void\\s+(\\w+)\\s*\\(");

    Kernels {
        byName = Map.copyOf(byName);
    }

    /** Compiles; some seconds. */
    static Kernels of(Device device, LearnedOptimizer rule) {
        Map<String, Device.Kernel> byName = new HashMap<>();
        compile(device, Sources.network(), Map.of(), byName);
        compile(device, Sources.rule(RulePlan.source(rule)), RulePlan.defines(rule), byName);
        return new Kernels(byName);
    }

    private static void compile(Device device, String source, Map<String, String> defines, Map<String, Device.Kernel> byName) {
        device.compile(source, defines, names(source)).forEach(kernel -> byName.put(kernel.name(), kernel));
    }

    /** The kernels that a source defines. */
    static List<String> names(String source) {
        List<String> names = new ArrayList<>();
        Matcher matcher = KERNEL.matcher(source);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    Device.Kernel get(String name) {
        if (!byName.containsKey(name)) {
            throw new AssertionError("no kernel " + name + " among " + byName.keySet());
        }
        return byName.get(name);
    }
}
