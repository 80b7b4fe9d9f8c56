package io.evolo.meta.cuda;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A library of C functions that give an int, called by name. A call costs some microseconds: right for what is done once, as the
 * launches of a truncation are, which a graph then repeats. Stays open as long as the process runs. Thread-safe.
 */
@SuppressWarnings("restricted") // java.lang.foreign is what this class is about
final class NativeLibrary {
    private final SymbolLookup symbols;
    private final String name;
    private final Map<String, MethodHandle> functions = new ConcurrentHashMap<>();

    private NativeLibrary(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /** The first of these that the system's loader finds, each a path or a name. */
    static Optional<NativeLibrary> open(List<String> candidates) {
        for (String candidate : candidates) {
            try {
                return Optional.of(new NativeLibrary(candidate, SymbolLookup.libraryLookup(candidate, Arena.global())));
            } catch (IllegalArgumentException e) {
                continue; // not there; the next one may be
            }
        }
        return Optional.empty();
    }

    /** What it was opened as. */
    String name() {
        return name;
    }

    /**
     * Calls a function.
     *
     * @param arguments Integer, Long, Float or MemorySegment: what C has as int, 64-bit number or handle, float and pointer
     * @throws CudaException if the library has no such function
     */
    int call(String function, Object... arguments) {
        MethodHandle handle = functions.computeIfAbsent(function, f -> bind(f, arguments));
        try {
            return (int) handle.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(function + Arrays.toString(arguments), e);
        }
    }

    private MethodHandle bind(String function, Object[] arguments) {
        MemorySegment address = symbols.find(function).orElseThrow(() -> new CudaException(
                CudaException.MISSING, name + " has no function " + function + ", which every version from CUDA 12.0 on has; is it older?"));
        MemoryLayout[] layouts = Arrays.stream(arguments).map(NativeLibrary::layout).toArray(MemoryLayout[]::new);
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
    }

    private static MemoryLayout layout(Object argument) {
        return switch (argument) {
            case Integer _ -> ValueLayout.JAVA_INT;
            case Long _ -> ValueLayout.JAVA_LONG;
            case Float _ -> ValueLayout.JAVA_FLOAT;
            case MemorySegment _ -> ValueLayout.ADDRESS;
            default -> throw new IllegalArgumentException(
                    "argument " + argument + " of a C function, expected Integer, Long, Float or MemorySegment");
        };
    }

    /** The text that a pointer points to. */
    static String text(MemorySegment pointer) {
        AddressLayout unbounded =
                ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));
        return pointer.get(unbounded, 0).getString(0);
    }
}
