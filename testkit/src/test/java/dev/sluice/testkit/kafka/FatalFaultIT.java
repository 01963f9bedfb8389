package dev.sluice.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;

class FatalFaultIT {

  @Test
  void aFatalFaultOfTheBrokerFailsTheTestAndDoesNotEndTheJvm() {
    var kafka = EmbeddedKafka.start();
    try {
      assertThatThrownBy(() -> Exit.halt(1, "planted")).hasMessageContaining("planted");
      assertThatThrownBy(() -> kafka.committed("any")).hasStackTraceContaining("planted");
    } finally {
      assertThatThrownBy(kafka::close).hasStackTraceContaining("planted");
    }
  }
}
