package dev.sluice.benchmarks.pipeline;

import static java.util.Objects.requireNonNull;

import dev.sluice.benchmarks.pipeline.PipelineMain.Order;
import dev.sluice.benchmarks.pipeline.PipelineMain.Report;
import dev.sluice.benchmarks.pipeline.PipelineMain.Verb;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The processes that pipelines run between, and the runs on them, one after another. */
final class Bench implements AutoCloseable {
  /**
   * What a pipeline runs against.
   *
   * @param latencyMillis of a request, where it is measured
   * @param inFlight requests under way at most
   */
  record Conditions(int latencyMillis, int inFlight) {}

  /** It keeps all items, and must not pause for them: that would be latency of its own. */
  private static final List<String> ENDPOINT =
      List.of("-Xms2560m", "-Xmx2560m", "-XX:+UseZGC", "-XX:+AlwaysPreTouch");

  private static final List<String> BROKER = List.of("-Xms512m", "-Xmx512m");

  /** Memory that is touched for the first time by a collection makes it several times as long. */
  private static final List<String> PIPELINE =
      List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch", "-XX:+UseTransparentHugePages");

  /** Records that a pipeline has before others are offered: it shows by them that it reads. */
  private static final int PRIMER = 30;

  private final ChildJvm endpoint;
  private final ChildJvm broker;
  private final EndpointMain.Addresses addresses;
  private final String bootstrapServers;
  private final Topics topics;
  private final Tables tables;
  private final Tables warmUpTables;
  private final int instances;
  private int runs;

  /**
   * @param instances Kafka consumers of a pipeline
   * @param latenciesMillis that a measured request may have
   */
  Bench(int instances, int... latenciesMillis) throws IOException {
    this.instances = instances;
    this.endpoint =
        ChildJvm.start(
            EndpointMain.class,
            ENDPOINT,
            IntStream.of(latenciesMillis).mapToObj(Integer::toString).toArray(String[]::new));
    this.broker = ChildJvm.start(BrokerMain.class, BROKER);
    this.addresses = endpoint.hello(EndpointMain.Addresses.class);
    this.bootstrapServers = broker.hello(BrokerMain.Address.class).bootstrapServers();
    this.topics = new Topics(bootstrapServers);
    this.tables = new Tables(addresses.unhurried());
    this.warmUpTables = new Tables(addresses.warmUp());
  }

  /** Makes a topic that holds a log. */
  void fill(String topic, EventLog log) throws ExecutionException, InterruptedException {
    topics.create(topic);
    topics.send(topic, log, 0, log.records());
  }

  /**
   * {@return a JVM for pipelines, one after another}
   *
   * @param hurried whether nothing is to wait until it is warm
   */
  ChildJvm pipeline(boolean hurried) throws IOException {
    ChildJvm jvm = ChildJvm.start(PipelineMain.class, PIPELINE, Boolean.toString(hurried));
    jvm.hello(String.class);
    return jvm;
  }

  /** Runs a pipeline on tables without latency, and forgets what it did. */
  void warmUp(ChildJvm jvm, Contender contender, String topic, Conditions conditions, Phases phases)
      throws IOException {
    warmUpTables.empty();
    RunSetup setup = setup(contender, addresses.warmUp(), topic, conditions);
    ask(jvm, Verb.START, setup, null);
    ask(jvm, Verb.MEASURE, null, phases);
    ask(jvm, Verb.STOP, null, null);
    warmUpTables.empty();
  }

  /** Measures a pipeline on a topic that is full already. */
  Measurement atFullLoad(
      ChildJvm jvm,
      Contender contender,
      String topic,
      EventLog log,
      Conditions conditions,
      Phases phases)
      throws IOException, ExecutionException, InterruptedException {
    tables.empty();
    RunSetup setup = setup(contender, measured(conditions), topic, conditions);
    EndpointMain.Stats start = stats();
    ask(jvm, Verb.START, setup, null);
    Busy before = busy();
    Report measured = ask(jvm, Verb.MEASURE, null, phases);
    Busy busy = busy().since(before);
    return finish(jvm, setup, log, start, measured, busy, 0);
  }

  /** Measures a pipeline on a topic that fills at a rate. */
  Measurement atRate(
      ChildJvm jvm,
      Contender contender,
      EventLog log,
      double perSecond,
      Conditions conditions,
      Phases phases)
      throws IOException, ExecutionException, InterruptedException {
    tables.empty();
    String topic = "offered-" + contender + "-" + runs;
    topics.create(topic);
    topics.send(topic, log, 0, PRIMER);
    RunSetup setup = setup(contender, measured(conditions), topic, conditions);
    EndpointMain.Stats start = stats();
    ask(jvm, Verb.START, setup, null);
    AtomicBoolean stopped = new AtomicBoolean();
    CompletableFuture<Integer> offered =
        CompletableFuture.supplyAsync(
            () -> topics.offer(topic, log, PRIMER, perSecond, stopped::get));
    Busy before = busy();
    Report measured = ask(jvm, Verb.MEASURE, null, phases);
    Busy busy = busy().since(before);
    stopped.set(true);
    if (offered.join() == log.records()) {
      throw new IllegalStateException("The log ended before the measurement.");
    }
    Measurement measurement = finish(jvm, setup, log, start, measured, busy, perSecond);
    topics.delete(topic);
    return measurement;
  }

  private URI measured(Conditions conditions) {
    return requireNonNull(
        addresses.measured().get(conditions.latencyMillis()), "No endpoint has this latency.");
  }

  private RunSetup setup(Contender contender, URI tablesAt, String topic, Conditions conditions) {
    return new RunSetup(
        contender,
        tablesAt,
        bootstrapServers,
        topic,
        contender + "-" + runs++,
        instances,
        conditions.inFlight());
  }

  private Measurement finish(
      ChildJvm jvm,
      RunSetup setup,
      EventLog log,
      EndpointMain.Stats start,
      Report measured,
      Busy busy,
      double perSecond)
      throws IOException, ExecutionException, InterruptedException {
    Report stopped = ask(jvm, Verb.STOP, null, null);
    EndpointMain.Stats served = stats().since(start);
    Check check = Check.of(log, topics.committed(setup.topic(), setup.group()), keys());
    return new Measurement(
        measured.slices(),
        requireNonNull(measured.latency(), "Nothing was measured."),
        perSecond,
        served.requests(),
        served.writeUnits(),
        stopped.events(),
        busy.endpointCores(),
        busy.brokerCores(),
        check);
  }

  private static Report ask(
      ChildJvm jvm, Verb verb, @Nullable RunSetup setup, @Nullable Phases phases)
      throws IOException {
    return jvm.ask(new Order(verb, setup, phases), Report.class);
  }

  private EndpointMain.Stats stats() throws IOException {
    return endpoint.ask(EndpointMain.Question.STATS, EndpointMain.Stats.class);
  }

  private List<String> keys() throws IOException {
    return endpoint.ask(EndpointMain.Question.KEYS, EndpointMain.Keys.class).keys();
  }

  private Busy busy() throws IOException {
    return new Busy(
        System.nanoTime(),
        stats().cpuNanos(),
        broker.ask(BrokerMain.StatsRequest.NOW, BrokerMain.Stats.class).cpuNanos());
  }

  /** A reading of what the processes around a pipeline have taken. */
  private record Busy(long nanos, long endpointNanos, long brokerNanos) {
    Busy since(Busy before) {
      return new Busy(
          nanos - before.nanos,
          endpointNanos - before.endpointNanos,
          brokerNanos - before.brokerNanos);
    }

    double endpointCores() {
      return endpointNanos / (double) nanos;
    }

    double brokerCores() {
      return brokerNanos / (double) nanos;
    }
  }

  @Override
  public void close() {
    warmUpTables.close();
    tables.close();
    topics.close();
    broker.close();
    endpoint.close();
  }
}
