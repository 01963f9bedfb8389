package dev.sluice.testkit.dynamodb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.apache.commons.cli.ParseException;
import software.amazon.dynamodb.services.local.main.CommandLineInput;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/** A running DynamoDB Local and where it listens. */
record LocalServer(DynamoDBProxyServer server, URI endpoint) {

  private static final int ATTEMPTS = 5;

  /** Tries other free ports if somebody takes the one just found. */
  static LocalServer start() {
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      try {
        var server = create(port);
        server.safeStart();
        return new LocalServer(server, URI.create("http://localhost:" + port));
      } catch (Exception e) {
        boolean taken = e instanceof BindException || e.getCause() instanceof BindException;
        if (!taken || attempt == ATTEMPTS) {
          throw new IllegalStateException("DynamoDB Local does not start on port " + port, e);
        }
      }
    }
  }

  private static DynamoDBProxyServer create(int port) throws ParseException {
    var arguments =
        new CommandLineInput(
            new String[] {
              "-inMemory", "-sharedDb", "-disableTelemetry", "-port", Integer.toString(port)
            });
    if (!arguments.init()) {
      throw new IllegalStateException("DynamoDB Local refuses its arguments");
    }
    return ServerRunner.createServer(arguments);
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local at " + endpoint + " does not stop", e);
    }
  }
}
