package io.evolo.meta.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.tasks.kernels.Activation;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Allocation, copies, launches, graphs and errors, on this machine's processor. */
class DeviceTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 64})
    void aKernelRunsOnEveryLaneWithAnyNumberOfThreads(long threads) {
        float[] y = HostCuda.with(Map.of("threads", threads), () -> {
            try (Device device = Device.open(0)) {
                Device.Memory lanes = device.uploaded(MemorySegment.ofArray(new float[] {-1, 2, 0.5f, 0, 0, 0, 3, -2, 1, 0, 0, 0}));
                device.launch(tanh(device, lanes));
                device.synchronize();
                float[] all = new float[12];
                device.download(lanes, 0, MemorySegment.ofArray(all));
                return all;
            }
        });

        for (int i : new int[] {0, 1, 2, 6, 7, 8}) {
            assertThat(y[i + 3]).isCloseTo(Activation.TANH.value(y[i]), Offset.offset(1e-6f));
        }
    }

    @Test
    void aGraphRepeatsItsLaunches() {
        int launches = HostCuda.with(() -> {
            try (Device device = Device.open(0)) {
                Device.Memory lanes = device.allocate(48);
                device.clear(lanes);
                Device.Graph graph = device.graph(List.of(tanh(device, lanes), tanh(device, lanes)));
                assertThat(HostCuda.launches()).as("while it is captured").isZero();
                device.launch(graph);
                device.launch(graph);
                device.synchronize();
                device.free(graph);
                return HostCuda.launches();
            }
        });

        assertThat(launches).isEqualTo(4);
    }

    @Test
    void memoryIsGivenBackAndTooMuchIsRefused() {
        HostCuda.with(Map.of("memory", 1000L), () -> {
            try (Device device = Device.open(0)) {
                Device.Memory memory = device.allocate(900);
                assertThat(device.freeBytes()).isEqualTo(100);
                assertThatThrownBy(() -> device.allocate(101))
                        .isInstanceOfSatisfying(CudaException.class, e -> assertThat(e.code()).isEqualTo(CudaException.OUT_OF_MEMORY))
                        .hasMessageContaining("CUDA_ERROR_OUT_OF_MEMORY");
                device.free(memory);
                return assertThat(device.freeBytes()).isEqualTo(1000);
            }
        });
    }

    @Test
    void aDeviceThatIsLostSaysSoWhenOneWaitsForIt() {
        HostCuda.with(Map.of("lostAfter", 1L), () -> {
            try (Device device = Device.open(0)) {
                Device.Memory lanes = device.allocate(48);
                device.launch(device.graph(List.of(tanh(device, lanes), tanh(device, lanes))));
                return assertThatThrownBy(device::synchronize)
                        .isInstanceOfSatisfying(CudaException.class, e -> assertThat(e.lost()).isTrue())
                        .hasMessageContaining("CUDA_ERROR_LAUNCH_FAILED");
            }
        });
    }

    @Test
    void aMachineWithoutADriverIsToldWhatIsMissing() {
        HostCuda.Named.libraries("nowhere/libcuda.so", "nowhere/libnvrtc.so", () -> assertThatThrownBy(() -> Device.open(0))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("no NVIDIA driver is found")
                .hasMessageContaining("EVOLO_CUDA_DRIVER"));
    }

    @Test
    void aDriverWithoutAGpuAndAGpuThatIsNotThereAreTold() {
        HostCuda.with(Map.of("devices", 0L), () -> assertThatThrownBy(() -> Device.open(0))
                .hasMessageContaining("CUDA_ERROR_NO_DEVICE"));
        HostCuda.with(() -> assertThatThrownBy(() -> Device.open(3)).hasMessageContaining("there is one GPU, number 0"));
    }

    /** y ← tanh(x) of two lanes of 6 floats: x at 0, y at 3. */
    private static Launch tanh(Device device, Device.Memory lanes) {
        Device.Kernel kernel = device.compile(Sources.network(), Map.of(), List.of("activate")).getFirst();
        int[] now = {1, 0, 0, 0, 0, 0, 0, 0};
        int[] nows = new int[16];
        System.arraycopy(now, 0, nows, 0, 8);
        System.arraycopy(now, 0, nows, 8, 8);
        Device.Memory active = device.uploaded(MemorySegment.ofArray(nows));
        return new Launch(kernel, 2, 1, 64, List.of(lanes, 6L, active, 0, 3, 3, Activation.TANH.ordinal()));
    }
}
