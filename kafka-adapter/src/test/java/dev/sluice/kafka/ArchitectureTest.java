package dev.sluice.kafka;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.sluice.testkit.architecture.ClassCycles;
import dev.sluice.testkit.architecture.ClassSizes;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@AnalyzeClasses(packages = "dev.sluice.kafka", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String INTERNAL = "dev.sluice.kafka.internal.";

  /** Every public top-level type that users may name. Add one here only when users need it. */
  private static final Set<String> PUBLIC_FACE =
      Set.of(
          "dev.sluice.kafka.DeadLetterReplay",
          "dev.sluice.kafka.DeadLetterReplayBuilder",
          "dev.sluice.kafka.IdempotentConsumer",
          "dev.sluice.kafka.IdempotentConsumerBuilder",
          "dev.sluice.kafka.record.ConsumerCloseReport",
          "dev.sluice.kafka.record.ConsumerHealth",
          "dev.sluice.kafka.record.ConsumerMetrics",
          "dev.sluice.kafka.record.ConsumerOptions",
          "dev.sluice.kafka.record.ConsumerOptionsBuilder",
          "dev.sluice.kafka.record.DeadLetterHeaders",
          "dev.sluice.kafka.record.GuardedMapper",
          "dev.sluice.kafka.record.Mapped",
          "dev.sluice.kafka.record.MapperError",
          "dev.sluice.kafka.record.PauseReason",
          "dev.sluice.kafka.record.RecordMapper",
          "dev.sluice.kafka.record.ReplayReport",
          "dev.sluice.kafka.record.ReplayStart",
          "dev.sluice.kafka.record.TypedMapper");

  @ArchTest
  static final ArchRule EACH_PACKAGE_USES_ONLY_THOSE_BELOW =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("entry")
          .definedBy("dev.sluice.kafka")
          .layer("poll")
          .definedBy(INTERNAL + "poll")
          .layer("replay")
          .definedBy(INTERNAL + "replay")
          .layer("partition")
          .definedBy(INTERNAL + "partition")
          .layer("admin")
          .definedBy(INTERNAL + "admin")
          .layer("settings")
          .definedBy(INTERNAL + "settings")
          .layer("mapping")
          .definedBy(INTERNAL + "mapping")
          .layer("deadletter")
          .definedBy(INTERNAL + "deadletter")
          .layer("offsets")
          .definedBy(INTERNAL + "offsets")
          .layer("record")
          .definedBy("dev.sluice.kafka.record")
          .layer("log")
          .definedBy(INTERNAL + "log")
          .layer("time")
          .definedBy(INTERNAL + "time")
          .whereLayer("entry")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("poll")
          .mayOnlyBeAccessedByLayers("entry")
          .whereLayer("replay")
          .mayOnlyBeAccessedByLayers("entry")
          .whereLayer("admin")
          .mayOnlyBeAccessedByLayers("entry", "poll")
          .whereLayer("partition")
          .mayOnlyBeAccessedByLayers("entry", "poll", "admin")
          .whereLayer("settings")
          .mayOnlyBeAccessedByLayers("entry", "poll", "replay", "admin", "partition")
          .whereLayer("mapping")
          .mayOnlyBeAccessedByLayers("poll", "replay")
          .whereLayer("deadletter")
          .mayOnlyBeAccessedByLayers("entry", "poll", "replay", "mapping", "partition", "settings")
          .whereLayer("offsets")
          .mayOnlyBeAccessedByLayers("poll", "partition")
          .whereLayer("record")
          .mayOnlyAccessLayers("log")
          .whereLayer("time")
          .mayNotAccessAnyLayer();

  @ArchTest
  static void thePublicFaceGrowsOnPurposeOnly(JavaClasses classes) {
    Set<String> found =
        classes.stream()
            .filter(type -> !type.getPackageName().startsWith(INTERNAL))
            .filter(type -> type.isTopLevelClass())
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .map(JavaClass::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(found).containsExactlyInAnyOrderElementsOf(PUBLIC_FACE);
  }

  @ArchTest
  static void publicSignaturesNameNoInternalType(JavaClasses classes) {
    Set<String> hidden =
        classes.stream()
            .filter(type -> PUBLIC_FACE.contains(topLevel(type)))
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .flatMap(ArchitectureTest::seen)
            .filter(use -> use.contains(" " + INTERNAL))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(hidden).isEmpty();
  }

  private static String topLevel(JavaClass type) {
    int nested = type.getName().indexOf('$');
    return nested < 0 ? type.getName() : type.getName().substring(0, nested);
  }

  /** What a user sees of a type: who uses what in the signature of a public member. */
  private static Stream<String> seen(JavaClass type) {
    return type.getMembers().stream()
        .filter(
            member ->
                member.getModifiers().contains(JavaModifier.PUBLIC)
                    || member.getModifiers().contains(JavaModifier.PROTECTED))
        .flatMap(
            member ->
                member.getAllInvolvedRawTypes().stream()
                    .map(used -> member.getFullName() + " " + used.getName()));
  }

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.sluice.(kafka..)").should().beFreeOfCycles();

  @ArchTest
  static void atMostTwoClassesNeedEachOther(JavaClasses classes) {
    assertThat(ClassCycles.of(classes, 3, Set.of())).isEmpty();
  }

  @ArchTest
  static void classesAndConstructorsAreSmall(JavaClasses classes) {
    assertThat(ClassSizes.longerThan(Path.of("src/main/java"), 300)).isEmpty();
    assertThat(ClassSizes.constructorsWiderThan(classes, 8)).isEmpty();
  }

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
          .resideInAPackage("dev.sluice.kafka.internal.offsets")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java.lang..", "dev.sluice.kafka.internal.offsets", "org.jspecify..");

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
