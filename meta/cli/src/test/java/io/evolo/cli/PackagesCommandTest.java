package io.evolo.cli;

import static io.evolo.cli.TinyRun.evolo;
import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.cli.EvoloProcess.Outcome;
import io.evolo.meta.Parametrizations;
import io.evolo.optimizers.Traits;
import io.evolo.optimizers.learned.Packages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PackagesCommandTest {
    static Iterable<String> names() {
        return ShippedPackages.names();
    }

    @Test
    void theListHasARowForEach() {
        Outcome listed = evolo("packages");
        assertThat(listed.code()).as(listed.err()).isEqualTo(ExitCode.DONE);
        assertThat(listed.out().lines().skip(1).map(line -> line.split(" ")[0])).containsExactlyElementsOf(ShippedPackages.names());
    }

    @ParameterizedTest
    @MethodSource("names")
    void eachPassesItsSelfTestSaysHowItWasMadeAndHasACardWithItsHash(String name) throws IOException {
        LearnedOptimizerPackage shipped = Packages.load(name);
        assertThat(shipped.provenance()).containsKeys("recipe", "data", "outerSteps", "laneSteps");
        assertThat(shipped.provenance().values()).as("paths of the machine that made it").noneMatch(value -> value.contains(": /"));
        assertThat(shipped.licence()).isEqualTo("Apache-2.0");
        assertThat(shipped.featureStatistics()).as("what the guard compares with").isNotEmpty();
        assertThat(Files.readString(Path.of("../../docs/packages", name + ".md"))).contains(shipped.sha256OfTheta());
    }

    @ParameterizedTest
    @MethodSource("names")
    void eachSaysOfItsUseWhatItsRecipeSays(String name) {
        LearnedOptimizerPackage shipped = Packages.load(name);
        assertThat(Parametrizations.of(shipped.usage().orElseThrow())).isEqualTo(Parametrizations.of(Contenders.recipe(name, shipped)));
        assertThat(shipped.usage().orElseThrow().needs()).isEqualTo(Traits.of(Packages.bind(shipped)).needs());
    }

    @Test
    void aPackageOfTheFirstFormatIsUsedAsItsProvenanceSaysAndInspectSaysWhatItDoesNotKnow() throws Exception {
        Path first = Path.of(getClass().getResource("format-1.evolo").toURI());
        LearnedOptimizerPackage old = Packages.load(first);
        LearnedOptimizerPackage now = Packages.load("evolo-adafactor");
        assertThat(old.usage()).isEmpty();
        assertThat(old.sha256OfTheta()).isEqualTo(now.sha256OfTheta());
        assertThat(old.golden().expected()).containsExactly(now.golden().expected());
        assertThat(Contenders.parametrizations("old", old)).isEqualTo(Contenders.parametrizations("now", now));
        assertThat(evolo("inspect", first.toString()).out()).contains("not said: the package has format 1");
    }

    @Test
    void aNetworkIsTrainedAtThePackagesBaseWidthUnlessToldOtherwise() {
        String[] task = {"train", "evolo-default", "--steps", "30", "--set", "width=64", "--set", "data.side=8"};
        assertThat(losses(task)).isEqualTo(losses(with(task, "baseWidth=32"))).isNotEqualTo(losses(with(task, "baseWidth=1")));
        String[] convolutions = with(task, "family=conv");
        assertThat(losses(convolutions)).as("a family of its own").isEqualTo(losses(with(convolutions, "baseWidth=16")));
    }

    @Test
    void hyperparametersBehindItsNameAreTheRulesOwnButThatThetaFits() {
        String[] task = {"train", "evolo-adafactor", "--steps", "30", "--set", "width=16", "--set", "data.side=8"};
        assertThat(losses(named(task, "evolo-adafactor:rate=1"))).isEqualTo(losses(task));
        assertThat(losses(named(task, "evolo-adafactor:rate=0.1"))).isNotEqualTo(losses(task));
        assertThat(evolo("inspect", "evolo-adafactor:rate=0.1,end_rate=0.01").out())
                .contains("evolo-adafactor-end_rate-0.01-rate-0.1", "self-test passed");

        assertThat(evolo(named(task, "evolo-adafactor:rates=1")).err()).contains("evolo-adafactor:rates=1", "rates", "rate");
        assertThat(evolo(named(task, "evolo-adafactor:rate")).err()).contains("evolo-adafactor:rate");
        assertThat(evolo(named(task, "evolo-adafactor:hidden=4")).err()).contains("another theta", "expected hyperparameters that leave it");
    }

    private static String[] named(String[] task, String optimizer) {
        String[] changed = task.clone();
        changed[1] = optimizer;
        return changed;
    }

    private static String[] with(String[] task, String setting) {
        return Stream.concat(Stream.of(task), Stream.of("--set", setting)).toArray(String[]::new);
    }

    private static String losses(String[] arguments) {
        Outcome trained = evolo(arguments);
        assertThat(trained.code()).as(trained.err()).isEqualTo(ExitCode.DONE);
        return trained.out().replaceAll("(?s).*(train loss.*?%).*", "$1");
    }

    @ParameterizedTest
    @MethodSource("names")
    void eachTrainsByItsNameAlone(String name) {
        Outcome trained = evolo("train", name, "--steps", "100", "--set", "width=16", "--set", "data.side=8");
        assertThat(trained.code()).as(trained.err()).isEqualTo(ExitCode.DONE);
        assertThat(trained.out()).contains("test accuracy");

        assertThat(evolo("inspect", name).out()).contains(Packages.load(name).sha256OfTheta(), "self-test passed");
    }
}
