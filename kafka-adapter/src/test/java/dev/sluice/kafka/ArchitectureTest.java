package dev.sluice.kafka;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.sluice.kafka", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule EACH_PACKAGE_USES_ONLY_THOSE_BELOW =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("entry")
          .definedBy("dev.sluice.kafka")
          .layer("poll")
          .definedBy("dev.sluice.kafka.poll")
          .layer("offsets")
          .definedBy("dev.sluice.kafka.offsets")
          .layer("deadletter")
          .definedBy("dev.sluice.kafka.deadletter")
          .layer("record")
          .definedBy("dev.sluice.kafka.record")
          .whereLayer("entry")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("poll")
          .mayOnlyBeAccessedByLayers("entry")
          .whereLayer("offsets")
          .mayOnlyBeAccessedByLayers("poll")
          .whereLayer("deadletter")
          .mayOnlyBeAccessedByLayers("entry", "poll");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.sluice.(kafka..)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule OF_CORE_ONLY_THE_INTERFACE_AND_THE_MODEL_ARE_USED =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.sluice.write..",
              "dev.sluice.ledger..",
              "dev.sluice.request..",
              "dev.sluice.batch..",
              "dev.sluice.flow..",
              "dev.sluice.item..",
              "dev.sluice.shard..",
              "software.amazon..");

  @ArchTest
  static final ArchRule OFFSETS_ARE_PURE =
      classes()
          .that()
          .resideInAPackage("dev.sluice.kafka.offsets")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java.lang..", "dev.sluice.kafka.offsets", "org.jspecify..");

  @ArchTest
  static final ArchRule TIME_COMES_FROM_OUTSIDE =
      noClasses()
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(java.time.Instant.class, "now");

  /** C13: a wakeup that comes late aborts the next commit. */
  @ArchTest
  static final ArchRule THE_CONSUMER_IS_NEVER_WOKEN_UP =
      noClasses().should().callMethod(org.apache.kafka.clients.consumer.Consumer.class, "wakeup");
}
