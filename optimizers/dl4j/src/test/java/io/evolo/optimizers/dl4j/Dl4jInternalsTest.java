package io.evolo.optimizers.dl4j;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which classes see what DL4J's next release may move; decision 24 says what each would need. */
@AnalyzeClasses(packages = "io.evolo.optimizers.dl4j", importOptions = ImportOption.DoNotIncludeTests.class)
class Dl4jInternalsTest {

    private static ArchRule onlyThese(String simpleNames, String... seen) {
        return noClasses()
                .that(resideInAnyPackage("io.evolo.optimizers.dl4j").and(not(
                        nameMatching(".*\\.(" + simpleNames + ")(\\$.*)?"))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(seen));
    }

    @ArchTest
    static final ArchRule FEW_SEE_DL4J_S_UPDATERS =
            onlyThese("Attach|BlockUpdater|GraphUpdater|LayersUpdater|NetworkFile", "org.deeplearning4j.nn.updater..");

    @ArchTest
    static final ArchRule FEW_SEE_DL4J_S_CONFIGURATIONS = onlyThese(
            "Attach|Dl4jTask|Dl4jOptimizee|Iterations|LayerConfigurations|LayerTensors|NetworkFile|NetworkNode|Widening",
            "org.deeplearning4j.nn.conf..");

    @ArchTest
    static final ArchRule FEW_SEE_DL4J_S_RUNNING_LAYERS =
            onlyThese("LayerTensor|LayerTensors|NetworkNode", "org.deeplearning4j.nn.layers..", "org.deeplearning4j.nn.params..");

    /** What a package says, how a state is kept, how a rule is bound: nothing of DL4J. */
    @ArchTest
    static final ArchRule RULES_AND_THEIR_STATES_SEE_NOTHING_OF_DL4J = noClasses()
            .that(nameMatching(".*\\.(BoundRule|BoundRules|Options|NetworkPlan|Variable|TensorGroup|Session|StateMemory|NetworkFamily)(\\$.*)?"))
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.deeplearning4j.."));
}
