package io.evolo.meta.spark;

import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.data.DataException;
import io.evolo.tasks.data.TaskData;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkFiles;

/**
 * A run as an executor has made it again from its description, once for all its partitions.
 *
 * @param refusal why this executor cannot take part; empty where it can
 * @param spec there where there is no refusal
 */
record OpenRun(Optional<String> refusal, Optional<ParticleSpec> spec) {

    static OpenRun of(RunDescription run) {
        Optional<String> difference = Fingerprint.ofThisProcess().differenceFrom(run.driver());
        if (difference.isPresent()) {
            return new OpenRun(difference, Optional.empty());
        }
        try {
            Recipe described = Schema.of(Recipe.class).read(run.config(), "the run's config.yaml");
            Recipe recipe = run.shipment().unpack(described, Path.of(SparkFiles.getRootDirectory(), run.id()));
            List<TaskFamily> families = recipe.families();
            ParticleSpec spec = recipe.particles(families);
            List<String> data = digests(spec);
            return data.equals(run.data())
                    ? new OpenRun(Optional.empty(), Optional.of(spec))
                    : new OpenRun(Optional.of(otherData(families, data, run.data())), Optional.empty());
        } catch (DataException | ConfigException e) {
            return new OpenRun(Optional.of("it cannot use the run's data: " + e.getMessage()), Optional.empty());
        }
    }

    /** Of every data set, in the order of the recipe. */
    static List<String> digests(ParticleSpec spec) {
        return spec.families().stream().flatMap(family -> family.data().stream()).map(TaskData::sha256).toList();
    }

    private static String otherData(List<TaskFamily> families, List<String> got, List<String> expected) {
        List<String> names = families.stream().flatMap(family -> family.data().stream()).map(TaskData::name).toList();
        for (int i = 0; i < Math.min(got.size(), expected.size()); i++) {
            if (!got.get(i).equals(expected.get(i))) {
                return "its data set " + names.get(i) + " has the SHA-256 " + got.get(i) + ", the driver's " + expected.get(i)
                        + "; copy the driver's files there";
            }
        }
        return "it has " + got.size() + " data sets, the driver " + expected.size() + "; copy the driver's files there";
    }
}
