package dev.sluice.kafka;

import dev.sluice.kafka.internal.admin.AdminTopicIds;
import dev.sluice.kafka.internal.admin.AdminView;
import dev.sluice.kafka.internal.admin.CompactionCheck;
import dev.sluice.kafka.internal.admin.DeadLetterTopicCheck;
import dev.sluice.kafka.internal.partition.SharedEpochs;
import dev.sluice.kafka.internal.poll.IdleWait;
import dev.sluice.kafka.internal.poll.OperatorPause;
import dev.sluice.kafka.internal.poll.Wiring;
import dev.sluice.kafka.internal.settings.ConsumerProperties;
import dev.sluice.kafka.internal.settings.DeadLetterProperties;
import dev.sluice.kafka.internal.settings.GivenSettings;
import dev.sluice.kafka.internal.settings.SluiceSettings;
import dev.sluice.kafka.internal.settings.Topics;
import dev.sluice.kafka.internal.time.Clocks;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.RecordMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what a builder was told, and makes the parts of a consumer of it. */
final class ConsumerAssembly {
  private final IdempotentConsumerBuilder given;
  private final Map<String, Object> complete;
  private final Topics topics;
  private final @Nullable String deadLetterTopic;
  private final ConsumerOptions options;
  private final List<RecordMapper> mappers;
  private final Clocks clocks;
  private final boolean ownCluster;

  /**
   * Checks all settings.
   *
   * @throws IllegalArgumentException if a setting is missing, given twice or not known, or would
   *     break a promise
   */
  ConsumerAssembly(IdempotentConsumerBuilder given) {
    this.given = given;
    Map<String, Object> kafka = ConsumerProperties.lookUp(given.properties);
    var settings = new GivenSettings(new SluiceSettings(kafka));
    this.topics = settings.topics(given.topics, given.pattern);
    this.deadLetterTopic = settings.deadLetterTopic(given.deadLetterTopic, topics);
    int instances = settings.instances(given.instances);
    this.options = settings.options(given.options);
    this.mappers = InstanceMappers.of(given.mappers, instances);
    this.complete = ConsumerProperties.complete(kafka, options);
    if (topics.pattern() != null) {
      ConsumerProperties.requireNoInternalTopics(complete);
    }
    ConsumerProperties.checkWaits(
        complete, options, deadLetterTopic == null ? Map.of() : forProducer(complete));
    this.clocks = Clocks.of(given.clock);
    this.ownCluster = given.deadLetterProperties.containsKey("bootstrap.servers");
  }

  /** Makes what each of the loops works with. */
  List<Wiring> wirings() {
    var subscription =
        new Wiring.Subscription(
            topics,
            complete.get("group.id") + "",
            ConsumerProperties.maxPollInterval(complete),
            ConsumerProperties.resetSkips(complete),
            ConsumerProperties.resetPolicy(complete));
    var shared =
        new Wiring.Shared(
            new SharedEpochs(mappers.size()),
            new OperatorPause(),
            new CompactionCheck(
                new AdminView(complete, given.adminFactory), given.writer.toleratesCompaction()),
            new AdminTopicIds(complete, given.adminFactory));
    var runtime = new Wiring.Environment(clocks, given.random, IdleWait.PARKED);
    List<Wiring> wirings = new ArrayList<>();
    for (int instance = 0; instance < mappers.size(); instance++) {
      Map<String, Object> forConsumer =
          mappers.size() == 1 ? complete : ConsumerProperties.ofInstance(complete, instance);
      wirings.add(
          new Wiring(
              instance,
              () -> given.consumerFactory.apply(forConsumer),
              subscription,
              pipeline(mappers.get(instance)),
              deadLetters(forProducer(forConsumer)),
              shared,
              runtime));
    }
    return wirings;
  }

  private Wiring.Pipeline pipeline(RecordMapper mapper) {
    return new Wiring.Pipeline(
        given.writer, mapper, options.shareOf(mappers.size()), given.metrics);
  }

  private Wiring.DeadLetters deadLetters(Map<String, Object> forProducer) {
    return new Wiring.DeadLetters(
        deadLetterTopic, () -> given.producerFactory.apply(forProducer), ownCluster);
  }

  /** Makes what looks at the dead-letter topic. */
  DeadLetterTopicCheck deadLetterTopicCheck() {
    Map<String, Object> connection = ownCluster ? forProducer(complete) : complete;
    return new DeadLetterTopicCheck(
        deadLetterTopic, new AdminView(connection, given.adminFactory), clocks.steady());
  }

  private Map<String, Object> forProducer(Map<String, Object> forConsumer) {
    return DeadLetterProperties.derive(forConsumer, given.deadLetterProperties);
  }
}
