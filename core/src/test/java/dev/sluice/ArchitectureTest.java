package dev.sluice;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.sluice.testkit.architecture.ClassCycles;
import dev.sluice.testkit.architecture.ClassSizes;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** The flow of packages reads one way, and the public face grows on purpose only. */
class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .importUrl(IdempotentWriter.class.getProtectionDomain().getCodeSource().getLocation());

  private static final List<String> EXPORTED =
      List.of(
          "dev.sluice",
          "dev.sluice.batch",
          "dev.sluice.flow",
          "dev.sluice.metrics",
          "dev.sluice.model",
          "dev.sluice.read",
          "dev.sluice.shard");

  /** Every public top-level type that users may name. Add one here only when users need it. */
  private static final Set<String> PUBLIC_FACE =
      Set.of(
          "dev.sluice.IdempotentWriter",
          "dev.sluice.IdempotentWriterBuilder",
          "dev.sluice.ItemBytes",
          "dev.sluice.batch.BatchAccumulator",
          "dev.sluice.batch.BatchLimits",
          "dev.sluice.batch.BatchTriggers",
          "dev.sluice.flow.WriteBudget",
          "dev.sluice.metrics.ReadMetrics",
          "dev.sluice.metrics.WriterMetrics",
          "dev.sluice.model.BufferFullException",
          "dev.sluice.model.CloseReport",
          "dev.sluice.model.ConfigurationException",
          "dev.sluice.model.Duplicates",
          "dev.sluice.model.Effect",
          "dev.sluice.model.Fingerprint",
          "dev.sluice.model.HotKey",
          "dev.sluice.model.InvalidWriteException",
          "dev.sluice.model.KeySchema",
          "dev.sluice.model.LedgerTable",
          "dev.sluice.model.Mode",
          "dev.sluice.model.Outcome",
          "dev.sluice.model.ReadTimeoutException",
          "dev.sluice.model.RecordException",
          "dev.sluice.model.RejectedWriteException",
          "dev.sluice.model.RetriableException",
          "dev.sluice.model.SluiceException",
          "dev.sluice.model.SourcePosition",
          "dev.sluice.model.Suffix",
          "dev.sluice.model.SystemException",
          "dev.sluice.model.Table",
          "dev.sluice.model.UnknownOutcomeException",
          "dev.sluice.model.Write",
          "dev.sluice.model.WriteListener",
          "dev.sluice.model.WriterClosedException",
          "dev.sluice.read.Gather",
          "dev.sluice.read.GatherPage",
          "dev.sluice.read.GatherQuery",
          "dev.sluice.read.GatherReader",
          "dev.sluice.read.GatherReaderBuilder",
          "dev.sluice.read.GatheredItem",
          "dev.sluice.read.SortCondition",
          "dev.sluice.shard.KeySharder",
          "dev.sluice.shard.PhysicalKey");

  @Test
  void everyPackageIsInTheFlow() {
    assertThat(CORE.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "dev.sluice",
            "dev.sluice.write",
            "dev.sluice.ledger",
            "dev.sluice.read",
            "dev.sluice.request",
            "dev.sluice.batch",
            "dev.sluice.shard",
            "dev.sluice.flow",
            "dev.sluice.pacing",
            "dev.sluice.item",
            "dev.sluice.metrics",
            "dev.sluice.spare",
            "dev.sluice.model");
  }

  @Test
  void packagesUseOnlyThoseBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.sluice..")
        .layer("root")
        .definedBy("dev.sluice")
        .layer("write")
        .definedBy("dev.sluice.write")
        .layer("read")
        .definedBy("dev.sluice.read")
        .layer("request")
        .definedBy("dev.sluice.request")
        .layer("ledger")
        .definedBy("dev.sluice.ledger")
        .layer("item")
        .definedBy("dev.sluice.item")
        .layer("batch")
        .definedBy("dev.sluice.batch")
        .layer("shard")
        .definedBy("dev.sluice.shard")
        .layer("flow")
        .definedBy("dev.sluice.flow")
        .layer("pacing")
        .definedBy("dev.sluice.pacing")
        .layer("metrics")
        .definedBy("dev.sluice.metrics")
        .layer("model")
        .definedBy("dev.sluice.model")
        .layer("spare")
        .definedBy("dev.sluice.spare")
        .whereLayer("root")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("write")
        .mayOnlyAccessLayers(
            "ledger", "request", "batch", "shard", "flow", "pacing", "item", "metrics", "spare",
            "model")
        .whereLayer("read")
        .mayOnlyAccessLayers("request", "shard", "pacing", "metrics", "model")
        .whereLayer("request")
        .mayOnlyAccessLayers("ledger", "item", "metrics", "model")
        .whereLayer("ledger")
        .mayOnlyAccessLayers("model")
        .whereLayer("item")
        .mayOnlyAccessLayers("spare", "model")
        .whereLayer("shard")
        .mayOnlyAccessLayers("model")
        .whereLayer("batch")
        .mayNotAccessAnyLayer()
        .whereLayer("flow")
        .mayOnlyAccessLayers("pacing")
        .whereLayer("pacing")
        .mayNotAccessAnyLayer()
        .whereLayer("metrics")
        .mayNotAccessAnyLayer()
        .whereLayer("model")
        .mayOnlyAccessLayers("spare")
        .whereLayer("spare")
        .mayNotAccessAnyLayer()
        .check(CORE);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.sluice.(*)..").should().beFreeOfCycles().check(CORE);
  }

  /** Only the factory method on the type that users start with leads back to it. */
  @Test
  void atMostTwoClassesNeedEachOther() {
    Set<String> factory =
        Set.of("dev.sluice.IdempotentWriter -> dev.sluice.IdempotentWriterBuilder");

    assertThat(ClassCycles.of(CORE, 3, factory)).isEmpty();
  }

  @Test
  void classesAndConstructorsAreSmall() {
    assertThat(ClassSizes.longerThan(Path.of("src/main/java"), 300)).isEmpty();
    assertThat(ClassSizes.constructorsWiderThan(CORE, 8)).isEmpty();
  }

  @Test
  void theServiceIsCalledInOneRoom() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage("dev.sluice.request")))
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "the client's owner is called",
                call -> call.getTargetOwner().isAssignableTo(DynamoDbAsyncClient.class)))
        .check(CORE);
  }

  @Test
  void onlyTheEntriesAndTheRequestsKnowTheClient() {
    noClasses()
        .that(
            DescribedPredicate.not(
                resideInAnyPackage("dev.sluice.request", "dev.sluice.read", "dev.sluice")))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(DynamoDbAsyncClient.class)
        .check(CORE);
  }

  @Test
  void realTimeComesFromOneClass() {
    noClasses()
        .that(
            DescribedPredicate.not(
                JavaClass.Predicates.equivalentTo(dev.sluice.pacing.MonotonicClock.class)))
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .check(CORE);
  }

  /** Callers' threads outlive a library that is redeployed, and would hold its classes. */
  @Test
  void nothingIsTiedToThreads() {
    noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class).check(CORE);
  }

  @Test
  void nothingIsPrintedAndLogsGoThroughSlf4j() {
    noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(CORE);
  }

  @Test
  void thePublicFaceGrowsOnPurposeOnly() {
    Set<String> found =
        CORE.stream()
            .filter(type -> EXPORTED.contains(type.getPackageName()))
            .filter(type -> type.isTopLevelClass() && isPublic(type))
            .map(JavaClass::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(found).containsExactlyInAnyOrderElementsOf(PUBLIC_FACE);
  }

  @Test
  void exportedSignaturesNameExportedTypesOnly() {
    Stream<String> hidden =
        CORE.stream()
            .filter(type -> EXPORTED.contains(type.getPackageName()) && isPublic(type))
            .flatMap(ArchitectureTest::signatures)
            .filter(use -> use.type.getPackageName().startsWith("dev.sluice"))
            .filter(use -> !EXPORTED.contains(use.type.getPackageName()))
            .map(Object::toString);

    assertThat(hidden).isEmpty();
  }

  private record Use(String where, JavaClass type) {}

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC);
  }

  private static boolean isSeen(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static Stream<Use> signatures(JavaClass type) {
    Stream<Use> supertypes =
        Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
            .map(used -> new Use(type.getName(), used));
    Stream<Use> units =
        type.getCodeUnits().stream()
            .filter(unit -> isSeen(unit.getModifiers()))
            .flatMap(ArchitectureTest::typesOf);
    Stream<Use> fields =
        type.getFields().stream()
            .filter(field -> isSeen(field.getModifiers()))
            .flatMap(field -> uses(field.getFullName(), field.getAllInvolvedRawTypes()));
    return Stream.of(supertypes, units, fields).flatMap(each -> each);
  }

  private static Stream<Use> typesOf(JavaCodeUnit unit) {
    Stream<Use> parameters =
        unit.getParameterTypes().stream()
            .flatMap(each -> uses(unit.getFullName(), each.getAllInvolvedRawTypes()));
    return Stream.concat(
        uses(unit.getFullName(), unit.getReturnType().getAllInvolvedRawTypes()), parameters);
  }

  private static Stream<Use> uses(String where, Set<JavaClass> types) {
    return types.stream().map(used -> new Use(where, used));
  }
}
