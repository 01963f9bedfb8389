package dev.sluice.testkit.simulated.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class HttpExchangeTest {

  /** A simulation that fails at every request: it asks for the time. */
  private final WireService broken =
      new WireService(
          SimulatedDynamoDb.create(),
          () -> {
            throw new UnsupportedOperationException("no time");
          });

  private final EmbeddedChannel connection =
      new EmbeddedChannel(new HttpExchange(broken, InstantSource.system(), 0));

  @Test
  void aFaultOfTheSimulationIsAnsweredAndTheConnectionStays() {
    for (int i = 0; i < 2; i++) {
      var request =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1,
              HttpMethod.POST,
              "/",
              Unpooled.copiedBuffer("{}", StandardCharsets.UTF_8));
      request.headers().set("X-Amz-Target", "DynamoDB_20120810.ListTables");
      connection.writeInbound(request);

      FullHttpResponse response = connection.readOutbound();

      assertThat(response.status().code()).isEqualTo(501);
      assertThat(response.content().toString(StandardCharsets.UTF_8))
          .contains("SimulationFailed", "no time");
    }
    assertThat(connection.isOpen()).isTrue();
  }
}
