package io.evolo.meta.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** CUDA's run-time compiler: CUDA C to machine code of one kind of GPU. Needs neither a GPU nor its driver. */
final class Nvrtc {
    private static final String LOG = "nvrtcGetProgramLog";

    private final NativeLibrary library;

    private Nvrtc(NativeLibrary library) {
        this.library = library;
    }

    /** @throws CudaException if there is none */
    static Nvrtc open() {
        return new Nvrtc(Libraries.NVRTC.open().orElseThrow(() -> new CudaException(
                CudaException.MISSING,
                "NVRTC, CUDA's run-time compiler, is not found (libnvrtc.so.12 or later); it comes with the CUDA toolkit, or alone by"
                        + " 'pip install nvidia-cuda-nvrtc-cu12'. If it is there, " + Libraries.NVRTC.hint())));
    }

    /** Its version, as 12.9. */
    String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment major = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment minor = arena.allocate(ValueLayout.JAVA_INT);
            library.call("nvrtcVersion", major, minor);
            return major.get(ValueLayout.JAVA_INT, 0) + "." + minor.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /**
     * Machine code.
     *
     * @param capability of the GPU, as 90 for 9.0
     * @param defines macros
     * @throws CudaException with the compiler's words if the source is not right, or the GPU too new for this compiler
     */
    byte[] compile(String source, int capability, Map<String, String> defines) {
        return compiled(source, options(capability, defines), "nvrtcGetCUBIN");
    }

    /** What the assembler says of every kernel of a source: registers, shared memory, and registers that do not fit and are spilled. */
    String report(String source, int capability, Map<String, String> defines) {
        List<String> options = options(capability, defines);
        options.add("--ptxas-options=-v");
        return new String(compiled(source, options, LOG), StandardCharsets.UTF_8).strip();
    }

    private static List<String> options(int capability, Map<String, String> defines) {
        List<String> options = new ArrayList<>(List.of("--gpu-architecture=sm_" + capability, "--std=c++17"));
        defines.forEach((name, value) -> options.add("-D" + name + "=" + value));
        return options;
    }

    /** What a function of NVRTC gives of a compiled program. */
    private byte[] compiled(String source, List<String> options, String result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
            check("nvrtcCreateProgram", library.call(
                    "nvrtcCreateProgram", handle, arena.allocateFrom(source), arena.allocateFrom("kernels.cu"), 0, MemorySegment.NULL,
                    MemorySegment.NULL));
            MemorySegment program = handle.get(ValueLayout.ADDRESS, 0);
            MemorySegment list = arena.allocate(ValueLayout.ADDRESS, options.size());
            for (int i = 0; i < options.size(); i++) {
                list.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(options.get(i)));
            }
            int error = library.call("nvrtcCompileProgram", program, options.size(), list);
            byte[] bytes = bytes(arena, program, error == 0 ? result : LOG);
            library.call("nvrtcDestroyProgram", handle);
            if (error != 0) {
                String log = new String(bytes, StandardCharsets.UTF_8).strip();
                throw new CudaException(CudaException.COMPILATION, "NVRTC " + version() + " cannot compile with " + options + ": "
                        + (log.isEmpty() ? "error " + error + "; is the GPU newer than it?" : log));
            }
            return bytes;
        }
    }

    private byte[] bytes(Arena arena, MemorySegment program, String function) {
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        check(function, library.call(function + "Size", program, size));
        MemorySegment content = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0) + 1);
        check(function, library.call(function, program, content));
        return content.asSlice(0, size.get(ValueLayout.JAVA_LONG, 0)).toArray(ValueLayout.JAVA_BYTE);
    }

    private void check(String function, int result) {
        if (result != 0) {
            throw new CudaException(CudaException.COMPILATION, function + " failed with error " + result);
        }
    }
}
