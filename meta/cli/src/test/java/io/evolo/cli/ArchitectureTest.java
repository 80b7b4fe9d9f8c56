package io.evolo.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;

/** Data flows one way through the house, and heavy dependencies stay in their rooms. */
@AnalyzeClasses(packages = "io.evolo", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule DATA_FLOWS_FROM_TASKS_AND_CHECKPOINTS_OVER_OPTIMIZERS_AND_META_TO_THE_COMMAND_LINE =
            layeredArchitecture()
                    .consideringOnlyDependenciesInAnyPackage("io.evolo..")
                    .layer("schema")
                    .definedBy("io.evolo.schema..")
                    .layer("tasks")
                    .definedBy("io.evolo.tasks..")
                    .layer("checkpoints")
                    .definedBy("io.evolo.checkpoints..")
                    .layer("optimizers")
                    .definedBy("io.evolo.optimizers..")
                    .layer("meta")
                    .definedBy("io.evolo.meta..")
                    .layer("cli")
                    .definedBy("io.evolo.cli..")
                    .whereLayer("schema")
                    .mayNotAccessAnyLayer()
                    .whereLayer("tasks")
                    .mayOnlyBeAccessedByLayers("optimizers", "meta", "cli")
                    .whereLayer("checkpoints")
                    .mayOnlyBeAccessedByLayers("optimizers", "meta", "cli")
                    .whereLayer("optimizers")
                    .mayOnlyBeAccessedByLayers("meta", "cli")
                    .whereLayer("meta")
                    .mayOnlyBeAccessedByLayers("cli")
                    .whereLayer("cli")
                    .mayNotBeAccessedByAnyLayer();

    /** So that it says of itself what the rule inside says: what it reads, and by which parameters it is judged. */
    @ArchTest
    static final ArchRule A_RULE_AROUND_ANOTHER_IS_AN_AROUND = classes()
            .that()
            .implement(Optimizer.class)
            .and(describe("hold one other rule", type -> 1 == type.getFields().stream()
                    .filter(field -> field.getRawType().isEquivalentTo(Optimizer.class))
                    .count()))
            .should()
            .implement(Around.class);

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_SEES_PICOCLI = noClasses()
            .that(resideOutsideOfPackages("io.evolo.cli.."))
            .should()
            .dependOnClassesThat(resideInAPackage("picocli.."));

    @ArchTest
    static final ArchRule ONLY_SCHEMA_SEES_YAML = noClasses()
            .that(resideOutsideOfPackages("io.evolo.schema.."))
            .should()
            .dependOnClassesThat(resideInAPackage("org.snakeyaml.."));

    @ArchTest
    static final ArchRule ONLY_CHECKPOINTS_AND_THE_CODECS_OF_META_SEE_KRYO = noClasses()
            .that(resideOutsideOfPackages("io.evolo.checkpoints..", "io.evolo.meta.."))
            .should()
            .dependOnClassesThat(resideInAPackage("com.esotericsoftware.."));

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_REPLAYS_RECORDED_TRAJECTORIES = noClasses()
            .that(resideOutsideOfPackages("io.evolo.cli..", "io.evolo.optimizers.verify.."))
            .should()
            .dependOnClassesThat(resideInAPackage("io.evolo.optimizers.verify.."));

    @ArchTest
    static final ArchRule NOBODY_IS_BOUND_TO_A_LOGGER = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.logging..").or(resideInAPackage("java.util.logging..")));

    /** Everything of meta reads scores, and they read nothing of it: no circle. */
    @ArchTest
    static final ArchRule SCORES_SEE_NOTHING_ELSE_OF_META = noClasses()
            .that(resideInAPackage("io.evolo.meta.scores.."))
            .should()
            .dependOnClassesThat(resideInAPackage("io.evolo.meta..").and(resideOutsideOfPackages("io.evolo.meta.scores..")));

    @ArchTest
    static final ArchRule NO_PACKAGES_OF_THE_COMMAND_LINE_DEPEND_ON_EACH_OTHER_IN_A_CIRCLE =
            SlicesRuleDefinition.slices().matching("io.evolo.cli.(*)..").should().beFreeOfCycles();
}
