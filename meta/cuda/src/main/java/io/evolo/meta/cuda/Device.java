package io.evolo.meta.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/**
 * One GPU: its memory, its kernels, one stream of work. Kernels are compiled for it by {@link Nvrtc} when they are asked for. Not
 * thread-safe, but may go from thread to thread: every call makes its context the thread's own.
 */
final class Device implements AutoCloseable {
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final int PROCESSORS = 16;
    private static final int PER_THREAD_CAPTURE = 1;

    private final NativeLibrary driver;
    private final Nvrtc nvrtc;
    private final int ordinal;
    private final MemorySegment context;
    private final MemorySegment stream;
    private final String name;
    private final int capability;

    private Device(NativeLibrary driver, Nvrtc nvrtc, int ordinal) {
        this.driver = driver;
        this.nvrtc = nvrtc;
        this.ordinal = ordinal;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
            check("cuDevicePrimaryCtxRetain", pointer, ordinal);
            this.context = pointer.get(ValueLayout.ADDRESS, 0);
            check("cuCtxSetCurrent", context);
            check("cuStreamCreate", pointer, 0);
            this.stream = pointer.get(ValueLayout.ADDRESS, 0);
            MemorySegment text = arena.allocate(256);
            check("cuDeviceGetName", text, 256, ordinal);
            this.name = text.getString(0);
        }
        this.capability = 10 * attribute(CAPABILITY_MAJOR) + attribute(CAPABILITY_MINOR);
    }

    /** A kernel of a loaded module. */
    record Kernel(String name, MemorySegment function) {}

    /** So many bytes of the device's memory. */
    record Memory(long address, long bytes) {}

    /** What a graph repeats. */
    record Graph(MemorySegment executable) {}

    /**
     * Opens the GPU of that number, as the driver counts those that CUDA_VISIBLE_DEVICES leaves.
     *
     * @throws CudaException if there is no driver, no GPU, not that one, or no compiler
     */
    static Device open(int ordinal) {
        NativeLibrary driver = Libraries.DRIVER.open().orElseThrow(() -> new CudaException(CudaException.MISSING,
                "no NVIDIA driver is found (libcuda.so.1); it comes with the driver, not with the CUDA toolkit. If it is there, "
                        + Libraries.DRIVER.hint()));
        check(driver, "cuInit", 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            check(driver, "cuDeviceGetCount", count);
            int devices = count.get(ValueLayout.JAVA_INT, 0);
            if (ordinal >= devices) {
                throw new CudaException(CudaException.MISSING, "GPU " + ordinal + " was asked for, but there "
                        + (devices == 1 ? "is one GPU, number 0" : "are " + devices + " GPUs, counted from 0")
                        + "; CUDA_VISIBLE_DEVICES may hide some");
            }
        }
        return new Device(driver, Nvrtc.open(), ordinal);
    }

    /** As {@code NVIDIA H200 (sm_90, CUDA driver 12.9)}. */
    String description() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(ValueLayout.JAVA_INT);
            check("cuDriverGetVersion", version);
            int number = version.get(ValueLayout.JAVA_INT, 0);
            return name + " (sm_" + capability + ", CUDA driver " + number / 1000 + "." + number % 1000 / 10 + ", NVRTC "
                    + nvrtc.version() + ")";
        }
    }

    /** Its number of multiprocessors. */
    int processors() {
        return attribute(PROCESSORS);
    }

    private int attribute(int attribute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            check("cuDeviceGetAttribute", value, attribute, ordinal);
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Bytes that can still be allocated. */
    long freeBytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_LONG, 2);
            check("cuMemGetInfo_v2", numbers, numbers.asSlice(8));
            return numbers.getAtIndex(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * Memory of unspecified content; at least one byte.
     *
     * @throws CudaException of code {@link CudaException#OUT_OF_MEMORY} if there is not so much
     */
    Memory allocate(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ValueLayout.JAVA_LONG);
            check("cuMemAlloc_v2", address, Math.max(1, bytes));
            return new Memory(address.get(ValueLayout.JAVA_LONG, 0), bytes);
        }
    }

    void free(Memory memory) {
        check("cuMemFree_v2", memory.address);
    }

    void clear(Memory memory) {
        if (memory.bytes > 0) {
            check("cuMemsetD8_v2", memory.address, 0, memory.bytes);
        }
    }

    /** Copies all of {@code from}, which may be on the heap, to the memory from byte {@code at} on. */
    void upload(MemorySegment from, Memory to, long at) {
        if (from.byteSize() == 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = from.isNative() ? from : arena.allocate(from.byteSize()).copyFrom(from);
            check("cuMemcpyHtoD_v2", to.address + at, buffer, from.byteSize());
        }
    }

    /** Copies all of one memory to the beginning of another. */
    void copy(Memory from, Memory to) {
        check("cuMemcpyDtoD_v2", to.address, from.address, from.bytes);
    }

    /** Memory that holds these bytes. */
    Memory uploaded(MemorySegment from) {
        Memory memory = allocate(from.byteSize());
        upload(from, memory, 0);
        return memory;
    }

    /** Fills {@code to}, which may be on the heap, from byte {@code at} of the memory on. Waits for work under way. */
    void download(Memory from, long at, MemorySegment to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = to.isNative() ? to : arena.allocate(to.byteSize());
            check("cuMemcpyDtoH_v2", buffer, from.address + at, to.byteSize());
            if (!to.isNative()) {
                to.copyFrom(buffer);
            }
        }
    }

    /** The kernels of these names. */
    List<Kernel> compile(String source, Map<String, String> defines, List<String> names) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] code = nvrtc.compile(source, capability, defines);
            MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
            check("cuModuleLoadData", pointer, arena.allocate(code.length).copyFrom(MemorySegment.ofArray(code)));
            MemorySegment module = pointer.get(ValueLayout.ADDRESS, 0);
            return names.stream().map(kernel -> kernel(arena, module, kernel)).toList();
        }
    }

    private Kernel kernel(Arena arena, MemorySegment module, String kernel) {
        MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
        check("cuModuleGetFunction", pointer, module, arena.allocateFrom(kernel));
        return new Kernel(kernel, pointer.get(ValueLayout.ADDRESS, 0));
    }

    /** Starts a kernel, or, while a graph is captured, takes it into the graph. */
    void launch(Launch launch) {
        try (Arena arena = Arena.ofConfined()) {
            check("cuLaunchKernel", launch.kernel().function(), launch.lanes(), launch.blocks(), 1, launch.threads(), 1, 1, 0, stream,
                    launch.parameters(arena), MemorySegment.NULL);
        }
    }

    /** These launches as one graph. */
    Graph graph(List<Launch> launches) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
            check("cuStreamBeginCapture_v2", stream, PER_THREAD_CAPTURE);
            launches.forEach(this::launch);
            check("cuStreamEndCapture", stream, pointer);
            MemorySegment graph = pointer.get(ValueLayout.ADDRESS, 0);
            check("cuGraphInstantiateWithFlags", pointer, graph, 0L);
            check("cuGraphDestroy", graph);
            return new Graph(pointer.get(ValueLayout.ADDRESS, 0));
        }
    }

    void launch(Graph graph) {
        check("cuGraphLaunch", graph.executable, stream);
    }

    void free(Graph graph) {
        check("cuGraphExecDestroy", graph.executable);
    }

    /** Waits for all work; what went wrong in it is thrown here. */
    void synchronize() {
        check("cuStreamSynchronize", stream);
    }

    /** Milliseconds that the device takes for a piece of work, from its first to its last kernel. */
    double millis(Runnable work) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = event(arena);
            MemorySegment to = event(arena);
            check("cuEventRecord", from, stream);
            work.run();
            check("cuEventRecord", to, stream);
            check("cuEventSynchronize", to);
            MemorySegment millis = arena.allocate(ValueLayout.JAVA_FLOAT);
            check("cuEventElapsedTime", millis, from, to);
            check("cuEventDestroy_v2", from);
            check("cuEventDestroy_v2", to);
            return millis.get(ValueLayout.JAVA_FLOAT, 0);
        }
    }

    private MemorySegment event(Arena arena) {
        MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
        check("cuEventCreate", pointer, 0);
        return pointer.get(ValueLayout.ADDRESS, 0);
    }

    private void check(String function, Object... arguments) {
        if (!function.startsWith("cuDevice")) {
            check(driver, "cuCtxSetCurrent", context);
        }
        check(driver, function, arguments);
    }

    private static void check(NativeLibrary driver, String function, Object... arguments) {
        int error = driver.call(function, arguments);
        if (error != 0) {
            throw new CudaException(error, function + " failed: " + words(driver, error));
        }
    }

    private static String words(NativeLibrary driver, int error) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment text = arena.allocate(ValueLayout.ADDRESS);
            boolean known = driver.call("cuGetErrorName", error, name) == 0 && driver.call("cuGetErrorString", error, text) == 0;
            return known ? NativeLibrary.text(name) + " (" + NativeLibrary.text(text) + ")" : "error " + error;
        }
    }

    /** Gives the device back; memory and modules go with its context. What goes wrong on a lost device is of no interest any more. */
    @Override
    public void close() {
        driver.call("cuCtxSetCurrent", context);
        driver.call("cuStreamDestroy_v2", stream);
        driver.call("cuDevicePrimaryCtxRelease_v2", ordinal);
    }
}
