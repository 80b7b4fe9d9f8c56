package io.evolo.meta.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernels of a run, compiled for one device: those of perceptrons and of one rule at once, those of other layers when a network
 * needs them. Some seconds each.
 */
final class Kernels {
    private static final Pattern KERNEL = Pattern.compile("__global__\\s+void\\s+(\\w+)\\s*\\(");

    private final Device device;
    private final Map<String, Device.Kernel> byName = new HashMap<>();

    Kernels(Device device, DeviceRule rule) {
        this.device = device;
        compile(Sources.network(), Map.of());
        compile(rule.source(), rule.defines());
    }

    private void compile(String source, Map<String, String> defines) {
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
            compile(Sources.layers(), Map.of());
        }
        if (!byName.containsKey(name)) {
            throw new AssertionError("no kernel " + name + " among " + byName.keySet());
        }
        return byName.get(name);
    }
}
