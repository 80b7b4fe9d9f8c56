package io.evolo.meta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evolo.meta.Recipe;
import io.evolo.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipmentTest {
    @TempDir
    Path folder;

    private Recipe recipeOn(String source) {
        return Runs.recipe(Runs.RECIPE.replace("{data: {side: 4}, width: 4, depth: 2, batch: 8, lossScale: clipped}",
                "{family: rnn_lm, data: {source: " + source + "}, width: 4, batch: 4}"));
    }

    private static List<String> digests(Recipe recipe) {
        return OpenRun.digests(recipe.particles(recipe.families()));
    }

    @Test
    void dataThatAreSentAreTheSameElsewhere() throws IOException {
        Path text = folder.resolve("here").resolve("text.txt");
        Files.createDirectories(text.getParent());
        Files.writeString(text, "to be or not to be, that is the question. ".repeat(400));
        for (Path source : List.of(text, text.getParent())) {
            Recipe recipe = recipeOn(source.toString());
            Shipment sent = Shipment.of(recipe, Shipment.BROADCAST);

            Recipe there = sent.unpack(recipe, folder.resolve("there-" + source.getFileName()));

            assertThat(digests(there)).isNotEmpty().isEqualTo(digests(recipe));
            assertThat(there.families().getFirst().data().getFirst().name())
                    .isEqualTo(recipe.families().getFirst().data().getFirst().name());
            assertThat(there).isNotEqualTo(recipe); // it names the files there
        }
    }

    @Test
    void whatIsDrawnOrAtItsPathIsNotSent() {
        assertThat(Shipment.of(Runs.recipe(Runs.RECIPE), Shipment.BROADCAST)).isEqualTo(Shipment.none());
        assertThat(Shipment.of(recipeOn(folder.toString()), Shipment.PATH)).isEqualTo(Shipment.none());
        assertThat(Shipment.none().unpack(Runs.recipe(Runs.RECIPE), folder)).isEqualTo(Runs.recipe(Runs.RECIPE));
    }

    @Test
    void anythingElseIsTheUsersMistake() {
        assertThatThrownBy(() -> Shipment.of(Runs.recipe(Runs.RECIPE), "pigeon"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("spark.evolo.data is 'pigeon', expected path or broadcast");
    }
}
