package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.internal.settings.SluiceSettings;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings are checked whole, and nothing given is silently lost. */
class SettingsTest {
  private final FakeWriter writer = new FakeWriter();
  private final Map<String, Object> properties = new HashMap<>(Map.of("group.id", "billing"));
  private UnaryOperator<IdempotentConsumerBuilder> more = builder -> builder.topics("payments");

  private IdempotentConsumer build() {
    return more.apply(
            IdempotentConsumer.builder(properties, writer).mapper(record -> Mapped.skip()))
        .build();
  }

  private void refused(String... parts) {
    assertThatThrownBy(this::build)
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  /** What the Kafka consumer is made with. */
  private Map<String, Object> seen() {
    var seen = new AtomicReference<Map<String, Object>>();
    var before = more;
    more =
        builder ->
            before
                .apply(builder)
                .consumerFactory(
                    settings -> {
                      seen.set(settings);
                      return new MockConsumer<>("earliest");
                    });
    assertThatThrownBy(build()::start).isInstanceOf(ConfigurationException.class);
    return seen.get();
  }

  @ParameterizedTest
  @CsvSource({
    "enable.auto.commit, true, it must be false or absent",
    "value.deserializer, org.apache.kafka.common.serialization.StringDeserializer, RecordMapper",
    "key.deserializer, org.apache.kafka.common.serialization.StringDeserializer, RecordMapper",
    "isolation.level, read_uncommitted, sluice.read.uncommitted",
    "interceptor.classes, com.example.Filter, sluice.allow.interceptors",
    "max.poll.interval.ms, a minute, a number of milliseconds",
    "max.poll.interval.ms, 60000, drainTimeout (PT30S)",
    "sluice.commit.interval.ms, soon, a whole number",
    "sluice.max.open.records, 2147483648, at most 2147483647",
    "sluice.max.open.records, 0, maxOpenRecords is 0; it must be 1 or more",
    "sluice.read.uncommitted, maybe, true or false",
    "sluice.comit.interval.ms, 7, did you mean sluice.commit.interval.ms?",
    "sluice.maxOpenRecords, 7, did you mean sluice.max.open.records?",
    "sluice.instances, 0, instances is 0; it must be from 1 to 1000",
    "sluice.topics, orders, topics(…) on the builder",
    "sluice.dead.letter.topic, payments, must be a topic that is not read"
  })
  void aSettingThatWouldBreakThePromiseIsRefusedByName(String name, String value, String part) {
    properties.put(name, value);
    refused(name.contains("letter") || value.equals("0") ? part : name, part);
  }

  @Test
  void whatHarmsNothingIsTaken() {
    properties.put("enable.auto.commit", false);
    properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
    properties.put("key.deserializer", ByteArrayDeserializer.class);
    properties.put("isolation.level", "read_committed");
    properties.put("interceptor.classes", List.of());
    properties.put("max.poll.interval.ms", 300_000);
    properties.put("group.protocol", "consumer");
    assertThat(build()).isNotNull();
    properties.put("value.deserializer", StringDeserializer.class);
    refused("value.deserializer is org.apache");
  }

  @Test
  void uncommittedTransactionsAreReadOnlyIfAskedFor() {
    properties.put("sluice.read.uncommitted", "true");
    assertThat(seen()).containsEntry("isolation.level", "read_uncommitted");
    properties.put("isolation.level", "read_committed");
    refused("isolation.level is read_committed, and readUncommitted is true");
  }

  @Test
  void interceptorsAreTakenOnlyIfAllowed() {
    properties.put("interceptor.classes", List.of("com.example.Tracing"));
    refused("interceptor.classes is [com.example.Tracing]");
    properties.put("sluice.allow.interceptors", true);
    assertThat(build()).isNotNull();
  }

  @Test
  void theConsumerGetsSafeDefaultsAndNoneOfOurSettings() {
    properties.put("auto.offset.reset", "latest");
    properties.put("sluice.poll.timeout.ms", 7);
    assertThat(seen())
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("auto.offset.reset", "latest")
        .containsEntry("enable.auto.commit", false)
        .containsEntry("allow.auto.create.topics", false)
        .doesNotContainKey("sluice.poll.timeout.ms");
  }

  @Test
  void noOptionIsWithoutAProperty() {
    String options = ConsumerOptions.defaults().toString();
    Set<String> properties = SluiceSettings.names();
    List<String> names =
        Pattern.compile("(\\w+)=").matcher(options).results().map(each -> each.group(1)).toList();
    assertThat(names).hasSizeGreaterThan(9);
    for (String each : names) {
      String dotted = "sluice." + each.replaceAll("([A-Z])", ".$1").toLowerCase(Locale.ROOT);
      assertThat(properties).as(each).containsAnyOf(dotted, dotted + ".ms");
    }
  }

  @Test
  void everyOptionMayBeGivenAsAProperty() {
    Map<String, Object> given = new HashMap<>();
    given.put("sluice.max.open.records", 101);
    given.put("sluice.max.open.bytes", "1009");
    given.put("sluice.max.offset.span", 103L);
    given.put("sluice.commit.interval.ms", " 107 ");
    given.put("sluice.commit.timeout.ms", 109);
    given.put("sluice.drain.timeout.ms", 113);
    given.put("sluice.poll.timeout.ms", 127);
    given.put("sluice.retry.backoff.min.ms", 131);
    given.put("sluice.retry.backoff.max.ms", 137);
    given.put("sluice.commit.records", 139);
    given.put("sluice.lag.interval.ms", 149);
    given.put("sluice.max.record.age.ms", 151);
    given.put("sluice.event.time.header", "happened");
    given.put("sluice.read.uncommitted", "TRUE");
    given.put("sluice.allow.interceptors", "true");
    given.put("group.id", "billing");

    var options = new SluiceSettings(given).options();

    assertThat(options)
        .isEqualTo(
            ConsumerOptions.builder()
                .maxOpenRecords(101)
                .maxOpenBytes(1_009)
                .maxOffsetSpan(103)
                .commitInterval(Duration.ofMillis(107))
                .commitTimeout(Duration.ofMillis(109))
                .drainTimeout(Duration.ofMillis(113))
                .pollTimeout(Duration.ofMillis(127))
                .retryBackoff(Duration.ofMillis(131), Duration.ofMillis(137))
                .commitRecords(139)
                .lagInterval(Duration.ofMillis(149))
                .maxRecordAge(Duration.ofMillis(151))
                .eventTimeHeader("happened")
                .readUncommitted(true)
                .allowInterceptors(true)
                .build());
    assertThat(given).containsOnlyKeys("group.id");
    assertThat(new SluiceSettings(new HashMap<>()).options()).isEqualTo(ConsumerOptions.defaults());
  }

  @Test
  void theReadmeNamesEveryProperty() throws Exception {
    assertThat(Files.readString(Path.of("..", "README.md"))).contains(SluiceSettings.names());
  }

  @Test
  void whatIsGivenTwiceIsRefused() {
    properties.put("sluice.commit.interval.ms", 7);
    more = builder -> builder.topics("payments").options(ConsumerOptions.defaults());
    refused("sluice.commit.interval.ms is given as a property, and options(…) on the builder");
    properties.remove("sluice.commit.interval.ms");
    properties.put("sluice.instances", 2);
    more = builder -> builder.topics("payments").instances(3);
    refused("sluice.instances", "instances(…)");
    properties.remove("sluice.instances");
    more = builder -> builder.topics("payments").topics(Pattern.compile("pay.*"));
    refused("topics is [payments], and there is a pattern as well (pay.*)");
  }

  @Test
  void aWholeConsumerMayBeDescribedByProperties() {
    var given = new Properties();
    given.put("group.id", "billing");
    given.put("sluice.topics", "payments, refunds");
    given.put("sluice.dead.letter.topic", "dead");
    given.put("sluice.instances", "3");
    given.put("sluice.commit.records", "7");
    assertThat(IdempotentConsumer.builder(given, writer).mapper(record -> Mapped.skip()).build())
        .isNotNull();
  }

  @Test
  void aSettingWithoutAValueIsNotGiven() {
    properties.put("sluice.commit.interval.ms", "");
    properties.put("sluice.dead.letter.topic", null);
    more = builder -> builder.topics("payments").options(ConsumerOptions.defaults());
    assertThat(build()).isNotNull();
  }

  @Test
  void whatIsMissingIsNamed() {
    more = builder -> builder;
    refused("topics is []");
    properties.put("sluice.topics", "payments,,refunds");
    refused("must name one or more");
    properties.remove("sluice.topics");
    assertThatThrownBy(IdempotentConsumer.builder(properties, writer).topics("a")::build)
        .hasMessageContaining("mapper is missing");
    more = builder -> builder.topics("payments");
    properties.remove("group.id");
    refused("group.id is missing");
  }

  /** C18: a dead-letter topic among those that are read. */
  @Test
  void theDeadLetterTopicIsNeverRead() {
    more = builder -> builder.topics("payments").deadLetterTopic("payments");
    refused("deadLetterTopic is 'payments'", "[payments] is read");
    more =
        builder -> builder.topics(Pattern.compile("payments.*")).deadLetterTopic("payments.dead");
    refused("deadLetterTopic is 'payments.dead'", "pattern payments.* is read");
    more = builder -> builder;
    properties.put("sluice.topics.pattern", "payments.*");
    properties.put("sluice.dead.letter.topic", "payments.dead");
    refused("deadLetterTopic is 'payments.dead'");
    properties.put("sluice.dead.letter.topic", "dead.payments");
    assertThat(build()).isNotNull();
  }

  @Test
  void aPatternNeverReadsKafkasOwnTopics() {
    more = builder -> builder.topics(Pattern.compile(".*s"));
    properties.put("exclude.internal.topics", "false");
    refused("exclude.internal.topics is false");
    more = builder -> builder;
    properties.put("sluice.topics.pattern", "pay(");
    refused("sluice.topics.pattern is 'pay('", "a regular expression");
  }

  /** C8, O4: waiting must not take the consumer past max.poll.interval.ms. */
  @Test
  void allThatTheLoopMayWaitForTogetherIsChecked() {
    // 30 s, twice 10 s, 100 ms, and 600 ms for a turn: 50.7 s, and 51.7 with a dead-letter topic.
    properties.put("max.poll.interval.ms", "101400");
    assertThat(build()).isNotNull();
    properties.put("max.poll.interval.ms", "101399");
    refused("together are PT50.7S", "which is 101399");

    more = builder -> builder.topics("payments").deadLetterTopic("dead");
    properties.put("max.poll.interval.ms", "103400");
    assertThat(build()).isNotNull();
    properties.put("max.poll.interval.ms", "103399");
    refused("max.block.ms (PT0.5S)", "together are PT51.7S");

    properties.put("max.poll.interval.ms", "300000");
    more =
        builder ->
            builder
                .topics("payments")
                .deadLetterTopic("dead")
                .deadLetterProperties(Map.of("max.block.ms", Long.MAX_VALUE));
    refused("max.block.ms (PT24H)");
  }

  @ParameterizedTest
  @CsvSource({
    "acks, 1, 'acks is 1 in deadLetterProperties; it must be all, -1 or absent'",
    "acks, 0, acks is 0",
    "acks, , acks is null",
    "transactional.id, t, transactional.id is t in deadLetterProperties; it must be absent"
  })
  void aProducerThatAcknowledgesTooSoonOrNeverIsRefusedByName(
      String name, String value, String part) {
    Map<String, Object> given = new HashMap<>();
    given.put(name, value);
    more =
        builder -> builder.topics("payments").deadLetterTopic("dead").deadLetterProperties(given);
    refused(part);
    assertThatThrownBy(replay(given)::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }

  private DeadLetterReplayBuilder replay(Map<String, Object> deadLetterProperties) {
    return DeadLetterReplay.builder(properties, writer)
        .deadLetterTopic("dead")
        .mapper(record -> Mapped.skip())
        .deadLetterProperties(deadLetterProperties);
  }

  @ParameterizedTest
  @CsvSource({"acks, all", "acks, -1", "enable.idempotence, false", "transactional.id,"})
  void aProducerThatWaitsForAllReplicasIsTaken(String name, String value) {
    Map<String, Object> given = new HashMap<>();
    given.put(name, value);
    more =
        builder -> builder.topics("payments").deadLetterTopic("dead").deadLetterProperties(given);
    assertThat(build()).isNotNull();
    assertThat(replay(given).build()).isNotNull();
  }

  @Test
  void instancesShareTheMemory() {
    assertThat(ConsumerOptions.defaults().shareOf(3))
        .isEqualTo(ConsumerOptions.builder().maxOpenBytes((64 << 20) / 3).build());
    assertThat(ConsumerOptions.defaults().shareOf(1)).isEqualTo(ConsumerOptions.defaults());
  }
}
