package io.evolo.meta.cuda;

import io.evolo.meta.Execution;
import io.evolo.meta.ExecutorProvider;
import io.evolo.meta.ParticleExecutor;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.schema.ConfigException;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Task;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@code --executor cuda}: particles on the first GPU, or as {@link Address} says. */
public final class CudaExecutorProvider implements ExecutorProvider {
    /** So many tasks of every family are drawn and looked at before a run; one that is as rare as 1 in 100 is missed by 0.6%. */
    private static final int DRAWS = 512;

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public ParticleExecutor open(Recipe recipe, ParticleSpec spec, Execution execution) {
        if (!execution.settings().isEmpty()) {
            throw new ConfigException("executor cuda has no settings, got " + String.join(", ", execution.settings().keySet()));
        }
        return open(spec, Address.of(execution.address()));
    }

    /** @throws ConfigException if the device has no kernels for all of it, or no memory, or is not there */
    static CudaExecutor open(ParticleSpec spec, Address address) {
        DeviceRule rule = new DeviceRule(spec.rule(), address.precision());
        requireKernels(spec, rule);
        try {
            Device device = Device.open(address.ordinal());
            try {
                CudaExecutor executor = new CudaExecutor(spec, rule, device);
                requireMemory(spec, device, executor);
                return executor;
            } catch (RuntimeException e) {
                device.close();
                throw e;
            }
        } catch (CudaException e) {
            throw new ConfigException(Messages.opening(e));
        }
    }

    private static void requireKernels(ParticleSpec spec, DeviceRule rule) {
        Set<String> missing = new LinkedHashSet<>(rule.missing());
        if (spec.estimation().imitation().active()) {
            missing.add("an expert beside the learned rule (estimation.imitation)");
        }
        spec.families().forEach(family -> {
            for (int i = 0; i < DRAWS; i++) {
                missing.addAll(DeviceTask.missing(family.sample(Rng.of(spec.seed(), "look", i))));
            }
        });
        if (!missing.isEmpty()) {
            throw new ConfigException("executor cuda has no kernels for " + String.join(", ", missing)
                    + "; leave --executor out to run this recipe on the CPU (docs/gpu.md says what there are kernels for)");
        }
    }

    /** The lanes of every particle's first task must fit; later tasks may be larger. */
    private static void requireMemory(ParticleSpec spec, Device device, CudaExecutor executor) {
        List<DeviceTask> tasks = new ArrayList<>();
        for (int particle = 0; particle < spec.particles(); particle++) {
            Task first = spec.families().get(particle / spec.estimation().pairs()).sample(Rng.of(spec.seed(), "task", particle, 0));
            tasks.add(DeviceTask.of(first));
        }
        int lanes = 2 * tasks.size();
        long needed = executor.bytes(tasks);
        if (needed > device.freeBytes()) {
            throw new ConfigException(Messages.memory(device.description(), lanes, needed / lanes, device.freeBytes()));
        }
    }
}
