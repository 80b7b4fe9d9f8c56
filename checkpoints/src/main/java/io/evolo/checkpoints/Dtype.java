package io.evolo.checkpoints;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What kind of numbers a tensor in a foreign file holds; all are little-endian. */
public enum Dtype {
    F64(8, "float64"),
    F32(4, "float32"),
    F16(2, "float16"),
    BF16(2, "bfloat16"),
    I64(8, "int64"),
    I32(4, "int32"),
    I16(2, "int16"),
    I8(1, "int8"),
    U64(8, "uint64"),
    U32(4, "uint32"),
    U16(2, "uint16"),
    U8(1, "uint8"),
    BOOL(1, "bool");

    private final int bytes;
    private final String numpyName;

    Dtype(int bytes, String numpyName) {
        this.bytes = bytes;
        this.numpyName = numpyName;
    }

    /** Of one value. */
    public int bytes() {
        return bytes;
    }

    /** The one that safetensors calls so: {@code F32}. */
    static Optional<Dtype> ofSafetensors(String name) {
        return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
    }

    /** The one that NumPy calls so: {@code float32}. */
    static Optional<Dtype> ofNumpy(String name) {
        return Arrays.stream(values()).filter(dtype -> dtype.numpyName.equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
