package dev.sluice.testkit.simulated.server;

import static java.util.Objects.requireNonNull;

import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * A {@link SimulatedDynamoDb} behind HTTP on the loopback interface, for any SDK client in this
 * process or another. It applies a request when it arrives, and answers after the latency. It asks
 * for no credentials that mean anything, and keeps connections alive.
 *
 * <p>What is not simulated is answered with status 501 and code {@code NotSimulatedError}, and a
 * fault of the simulation with code {@code SimulationFailed} and a line in the log. Safe for use by
 * several threads. Whoever uses the service beside the server synchronizes on it.
 */
public final class SimulatedDynamoDbServer implements AutoCloseable {

  /** The largest request that the service takes, in bytes: 16 MB and what JSON adds. */
  private static final int MOST_BYTES = 32 * 1024 * 1024;

  private static final int BACKLOG = 1024;

  private final EventLoopGroup threads;
  private final Channel channel;

  private SimulatedDynamoDbServer(EventLoopGroup threads, Channel channel) {
    this.threads = threads;
    this.channel = channel;
  }

  /**
   * Starts a server.
   *
   * @param service what answers
   * @param port the port, or 0 for a free one
   * @param latency how long each reply is held back; may be zero
   * @throws IllegalArgumentException if the latency is negative
   */
  public static SimulatedDynamoDbServer start(
      SimulatedDynamoDb service, int port, Duration latency) {
    requireNonNull(service, "service");
    if (latency.isNegative()) {
      throw new IllegalArgumentException("the latency is " + latency);
    }
    InstantSource clock = InstantSource.system();
    var wire = new WireService(service, clock);
    // One thread: the service is served under one lock, and benchmarks need the other cores.
    var threads = new NioEventLoopGroup(1, new DefaultThreadFactory("simulated-dynamodb", true));
    var bootstrap =
        new ServerBootstrap()
            .group(threads)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    connection
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(MOST_BYTES),
                            new HttpExchange(wire, clock, latency.toNanos()));
                  }
                });
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new SimulatedDynamoDbServer(
        threads, bootstrap.bind(address).syncUninterruptibly().channel());
  }

  /** {@return where it listens} */
  public URI endpoint() {
    var address = (InetSocketAddress) channel.localAddress();
    return URI.create("http://127.0.0.1:" + address.getPort());
  }

  /** Stops listening and closes all connections, without waiting for what is under way. */
  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    var unused = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /**
   * Serves an empty service until the process ends. Tables come by {@code CreateTable}.
   *
   * @param arguments the port (8000 by default) and the latency in milliseconds (0 by default)
   */
  public static void main(String[] arguments) {
    int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8000;
    long millis = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    var server = start(SimulatedDynamoDb.create(), port, Duration.ofMillis(millis));
    System.out.println(server.endpoint());
    server.channel.closeFuture().syncUninterruptibly();
  }
}
