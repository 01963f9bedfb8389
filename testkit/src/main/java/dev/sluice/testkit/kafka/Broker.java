package dev.sluice.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.reverseOrder;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A broker that is its own controller, on a directory and ports that outlive a restart. */
final class Broker {

  private static final int NODE = 1;

  private final Path directory;
  private final int port;
  private final Link link;
  private final KafkaConfig config;
  private KafkaRaftServer server;

  private Broker(Path directory, int port, Link link, KafkaConfig config) {
    this.directory = directory;
    this.port = port;
    this.link = link;
    this.config = config;
    this.server = start(config);
  }

  /** Formats a new directory and starts on it. */
  static Broker start(Map<String, String> settings) {
    var directory = newDirectory();
    var link = Link.open();
    try {
      int[] ports = freePorts();
      format(directory);
      var broker =
          new Broker(directory, ports[0], link, config(directory, ports, link.port(), settings));
      link.leadTo(ports[2]);
      return broker;
    } catch (RuntimeException | Error e) {
      link.close();
      delete(directory);
      throw e;
    }
  }

  String bootstrapServers() {
    return "localhost:" + port;
  }

  Link link() {
    return link;
  }

  Path directory() {
    return directory;
  }

  void bounce() {
    stop();
    server = start(config);
  }

  void close() {
    try {
      stop();
    } finally {
      link.close();
      delete(directory);
    }
  }

  private void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static KafkaRaftServer start(KafkaConfig config) {
    var server = new KafkaRaftServer(config, Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException | Error e) {
      server.shutdown();
      throw e;
    }
    return server;
  }

  private static void format(Path directory) {
    try {
      new Formatter()
          .setNodeId(NODE)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("cannot format " + directory, e);
    }
  }

  private static KafkaConfig config(
      Path directory, int[] ports, int linkPort, Map<String, String> settings) {
    var broker = "PLAINTEXT://localhost:" + ports[0];
    var controller = "localhost:" + ports[1];
    var properties = new Properties();
    properties.putAll(BrokerDefaults.SETTINGS);
    properties.putAll(settings);
    properties.putAll(
        Map.of(
            "process.roles",
            "broker,controller",
            "node.id",
            Integer.toString(NODE),
            "log.dirs",
            directory.toString(),
            "listeners",
            broker + ",LINKED://localhost:" + ports[2] + ",CONTROLLER://" + controller,
            "advertised.listeners",
            broker + ",LINKED://localhost:" + linkPort,
            "controller.listener.names",
            "CONTROLLER",
            "controller.quorum.voters",
            NODE + "@" + controller,
            "listener.security.protocol.map",
            "PLAINTEXT:PLAINTEXT,LINKED:PLAINTEXT,CONTROLLER:PLAINTEXT"));
    return KafkaConfig.fromProps(properties, false);
  }

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("embedded-kafka-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] freePorts() {
    var loopback = InetAddress.getLoopbackAddress();
    try (var first = new ServerSocket(0, 1, loopback);
        var second = new ServerSocket(0, 1, loopback);
        var third = new ServerSocket(0, 1, loopback)) {
      return new int[] {first.getLocalPort(), second.getLocalPort(), third.getLocalPort()};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flips the last byte of a partition's only segment, on the disk. */
  void flipLastByte(String partition) {
    Path segment = directory.resolve(partition).resolve("00000000000000000000.log");
    try (FileChannel file =
        FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      file.read(last, file.size() - 1);
      file.write(ByteBuffer.wrap(new byte[] {(byte) ~last.get(0)}), file.size() - 1);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot change " + segment, e);
    }
  }

  private static void delete(Path directory) {
    try (var paths = Files.walk(directory)) {
      for (var path : paths.sorted(reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + directory, e);
    }
  }
}
