package io.evolo.checkpoints;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A record with every kind of item, some of them nested. */
record Sample(
        long step,
        int count,
        boolean flag,
        double loss,
        String text,
        float[] theta,
        float[][] slots,
        double[] objectives,
        int[] shape,
        SortedMap<String, Double> map,
        List<Inner> inner) {

    static final Codec<Sample> CODEC = new SampleCodec("sample", 2);

    static Sample of(long step) {
        return new Sample(step, -7, true, Math.PI, "σ and ε", new float[] {1, -0f, Float.NaN, 1e-40f},
                new float[][] {{}, {2, 3}}, new double[] {Double.NEGATIVE_INFINITY, 4}, new int[] {3, 1},
                new TreeMap<>(Map.of("b", 2.0, "a", 1.0)), List.of(new Inner(5), new Inner(6)));
    }

    record Inner(int value) {
        Inner {
            if (value < 0) {
                throw new IllegalArgumentException("value " + value);
            }
        }
    }

    record InnerCodec() implements Codec<Inner> {
        @Override
        public String kind() {
            return "inner";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public void write(PayloadOutput out, Inner value) {
            out.writeInt(value.value());
        }

        @Override
        public Inner read(PayloadInput in, int version) {
            return new Inner(in.readInt());
        }
    }

    record SampleCodec(String kind, int version) implements Codec<Sample> {
        @Override
        public void write(PayloadOutput out, Sample value) {
            out.writeLong(value.step);
            out.writeInt(value.count);
            out.writeBoolean(value.flag);
            out.writeDouble(value.loss);
            out.writeString(value.text);
            out.writeFloats(value.theta);
            out.writeFloatRows(value.slots);
            out.writeDoubles(value.objectives);
            out.writeInts(value.shape);
            out.writeMap(value.map, PayloadOutput::writeDouble);
            out.writeList(value.inner, (o, inner) -> o.write(new InnerCodec(), inner));
        }

        @Override
        public Sample read(PayloadInput in, int version) {
            return new Sample(in.readLong(), in.readInt(), in.readBoolean(), in.readDouble(), in.readString(), in.readFloats(),
                    in.readFloatRows(), in.readDoubles(), in.readInts(), in.readMap(PayloadInput::readDouble),
                    in.readList(i -> i.read(new InnerCodec())));
        }
    }
}
