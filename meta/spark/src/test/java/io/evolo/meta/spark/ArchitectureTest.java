package io.evolo.meta.spark;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Nothing of Spark leaves its room, and the room does not know the command line. */
@AnalyzeClasses(packages = "io.evolo", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ONLY_THIS_MODULE_SEES_SPARK = noClasses()
            .that()
            .resideOutsideOfPackage("io.evolo.meta.spark..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala.."));

    @ArchTest
    static final ArchRule THIS_MODULE_DOES_NOT_SEE_THE_COMMAND_LINE = noClasses()
            .that()
            .resideInAPackage("io.evolo.meta.spark..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.evolo.cli..");
}
