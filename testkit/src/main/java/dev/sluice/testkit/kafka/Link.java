package dev.sluice.testkit.kafka;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to the broker that a test can silence or cut, while whoever connects directly still reaches
 * the broker. What a client that came this way is told of the broker's address is this way too.
 *
 * <p>Works on daemon threads, two for each connection. Safe for use by several threads; closed with
 * its {@link EmbeddedKafka}.
 */
public final class Link {
  private enum State {
    UP,
    SILENT,
    CUT
  }

  private static final int BUFFER = 16 * 1024;

  private final ServerSocket listening;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private State state = State.UP;

  private Link(ServerSocket listening) {
    this.listening = listening;
  }

  /** Takes a free port; nobody is let through before {@link #leadTo}. */
  static Link open() {
    try {
      return new Link(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  /** From now on connections are let through to this port. */
  void leadTo(int port) {
    target = port;
    daemon("link-" + port(), this::accept);
  }

  /** A new map with {@code bootstrap.servers}, to be completed with a client's settings. */
  public Map<String, Object> clientSettings() {
    return new HashMap<>(Map.of("bootstrap.servers", "localhost:" + port()));
  }

  /** From now on nothing arrives in either direction; connections stay open and can be made. */
  public synchronized void silence() {
    state = State.SILENT;
  }

  /** Breaks all connections, and from now on every new one too. */
  public synchronized void cut() {
    state = State.CUT;
    notifyAll();
    sockets.forEach(Link::close);
  }

  /** Lets through again, what was held back by {@link #silence} first. */
  public synchronized void restore() {
    state = State.UP;
    notifyAll();
  }

  void close() {
    close(listening);
    cut();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        connect(listening.accept());
      } catch (IOException e) {
        // The broker or the link is down: the client sees a broken connection, and comes again.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    var broker = new Socket();
    sockets.add(client);
    sockets.add(broker);
    try {
      if (isCut()) {
        throw new IOException("cut");
      }
      broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
    } catch (IOException e) {
      drop(client, broker);
      throw e;
    }
    daemon("link-to-broker", () -> pump(client, broker));
    daemon("link-to-client", () -> pump(broker, client));
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0 && passes(); read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Either side has gone, or the link was cut.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      drop(from, to);
    }
  }

  /** Waits while the link is silent. Says whether it is not cut. */
  private synchronized boolean passes() throws InterruptedException {
    while (state == State.SILENT) {
      wait();
    }
    return state == State.UP;
  }

  private synchronized boolean isCut() {
    return state == State.CUT;
  }

  private void drop(Socket one, Socket other) {
    close(one);
    close(other);
    sockets.remove(one);
    sockets.remove(other);
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no more use either way.
    }
  }

  private static void daemon(String name, Runnable task) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
