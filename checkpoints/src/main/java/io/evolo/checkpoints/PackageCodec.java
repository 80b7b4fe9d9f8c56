package io.evolo.checkpoints;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

/** How a {@link LearnedOptimizerPackage} is written: its components in their order. */
final class PackageCodec implements Codec<LearnedOptimizerPackage> {

    @Override
    public String kind() {
        return "package";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public Digest digest() {
        return Digest.SHA256;
    }

    @Override
    public void write(PayloadOutput out, LearnedOptimizerPackage value) {
        out.writeString(value.name());
        out.writeString(value.rule());
        out.writeInt(value.featureSchema());
        out.writeMap(value.hyperparameters(), PayloadOutput::writeDouble);
        out.writeList(value.thetaTensors(), PackageCodec::writeTensor);
        out.writeFloats(value.theta());
        out.writeMap(value.provenance(), PayloadOutput::writeString);
        out.writeMap(value.featureStatistics(), PayloadOutput::writeFloats);
        writeGolden(out, value.golden());
        out.writeString(value.licence());
        out.writeList(value.usage().stream().toList(), PackageCodec::writeUsage);
    }

    @Override
    public LearnedOptimizerPackage read(PayloadInput in, int version) {
        String name = in.readString();
        String rule = in.readString();
        int featureSchema = in.readInt();
        SortedMap<String, Double> hyperparameters = in.readMap(PayloadInput::readDouble);
        List<NamedTensor> thetaTensors = in.readList(PackageCodec::readTensor);
        float[] theta = in.readFloats();
        SortedMap<String, String> provenance = in.readMap(PayloadInput::readString);
        Map<String, float[]> featureStatistics = in.readMap(PayloadInput::readFloats);
        GoldenSteps golden = readGolden(in);
        return new LearnedOptimizerPackage(name, rule, featureSchema, hyperparameters, thetaTensors, theta, provenance,
                featureStatistics, golden, in.readString(), version == 1 ? Optional.empty() : readUsage(in));
    }

    private static void writeUsage(PayloadOutput out, Usage usage) {
        writeScaling(out, usage.networks());
        out.writeMap(usage.families(), PackageCodec::writeScaling);
        out.writeList(List.copyOf(usage.needs()), PayloadOutput::writeString);
    }

    private static Optional<Usage> readUsage(PayloadInput in) {
        List<Usage> said = in.readList(i -> new Usage(
                readScaling(i), i.readMap(PackageCodec::readScaling), new TreeSet<>(i.readList(PayloadInput::readString))));
        if (said.size() > 1) {
            throw new CheckpointException("a package says " + said.size() + " times how it is to be used, expected once or not at all");
        }
        return said.stream().findFirst();
    }

    private static void writeScaling(PayloadOutput out, Usage.Scaling scaling) {
        out.writeString(scaling.kind());
        out.writeInt(scaling.baseWidth());
    }

    private static Usage.Scaling readScaling(PayloadInput in) {
        return new Usage.Scaling(in.readString(), in.readInt());
    }

    private static void writeGolden(PayloadOutput out, GoldenSteps golden) {
        out.writeList(golden.tensors(), PackageCodec::writeTensor);
        out.writeDoubles(golden.updateScales());
        out.writeInt(golden.horizon());
        out.writeFloats(golden.start());
        out.writeFloatRows(golden.gradients());
        out.writeFloats(golden.losses());
        out.writeFloats(golden.expected());
    }

    private static GoldenSteps readGolden(PayloadInput in) {
        return new GoldenSteps(in.readList(PackageCodec::readTensor), in.readDoubles(), in.readInt(), in.readFloats(),
                in.readFloatRows(), in.readFloats(), in.readFloats());
    }

    private static void writeTensor(PayloadOutput out, NamedTensor tensor) {
        out.writeString(tensor.name());
        out.writeList(tensor.shape(), PayloadOutput::writeInt);
    }

    private static NamedTensor readTensor(PayloadInput in) {
        return new NamedTensor(in.readString(), in.readList(PayloadInput::readInt));
    }
}
