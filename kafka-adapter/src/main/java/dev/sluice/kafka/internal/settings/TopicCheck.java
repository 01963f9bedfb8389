package dev.sluice.kafka.internal.settings;

import dev.sluice.model.ConfigurationException;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Says at the start, in one sentence, what is wrong with a topic. */
public final class TopicCheck {
  private TopicCheck() {}

  /**
   * Checks that a topic is there.
   *
   * @param what what the topic is for, to begin the message with
   * @param topic its name
   * @param lookup how a client looks up a topic
   * @throws ConfigurationException if it is not there, or not to be seen
   */
  public static void require(
      String what, String topic, Function<String, @Nullable List<PartitionInfo>> lookup) {
    List<PartitionInfo> partitions;
    try {
      partitions = lookup.apply(topic);
    } catch (UnknownTopicOrPartitionException e) {
      partitions = null;
    } catch (AuthorizationException e) {
      throw new ConfigurationException(
          "%s %s may not be described by this user: grant Describe on it.".formatted(what, topic),
          e);
    } catch (InvalidTopicException e) {
      throw new ConfigurationException("%s %s has no valid name.".formatted(what, topic), e);
    } catch (TimeoutException e) {
      throw new ConfigurationException(
          "%s %s could not be looked up in time: check bootstrap.servers and that a broker is up."
              .formatted(what, topic),
          e);
    } catch (KafkaException e) {
      throw new ConfigurationException(
          "%s %s could not be looked up (%s): check the connection and security settings."
              .formatted(what, topic, e.getClass().getName()),
          e);
    }
    if (partitions == null || partitions.isEmpty()) {
      throw new ConfigurationException(
          "%s %s does not exist: create it, or correct its name.".formatted(what, topic));
    }
  }
}
