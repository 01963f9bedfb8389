package dev.sluice.read;

import dev.sluice.model.KeySchema;
import dev.sluice.model.Suffix;
import dev.sluice.shard.KeySharder;
import dev.sluice.shard.PhysicalKey;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A reader in virtual time over a simulated table, with what was sent. */
final class GatherRig {
  static final String TABLE = "readings";
  static final AttributeValue LOGICAL = AttributeValue.fromS("c#i");

  final VirtualTime time;
  final SimulatedDynamoDb service = SimulatedDynamoDb.create();
  final SimulatedDynamoDbClient client;
  final WatchedClient watched;
  final KeySharder sharder;
  final KeySchema keys;
  final GatherReader reader;

  /** A table with a sort key of a type, or without one if that is null. */
  GatherRig(
      long seed,
      ScalarAttributeType sortType,
      KeySharder sharder,
      UnaryOperator<GatherReaderBuilder> settings) {
    this.time = VirtualTime.seeded(seed);
    this.client =
        new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
    this.watched = new WatchedClient(client::query);
    this.sharder = sharder;
    KeySchema partition = KeySchema.of("pk", ScalarAttributeType.S);
    if (sortType == null) {
      this.keys = partition;
      service.createTable(TABLE, KeyAttribute.string("pk"));
    } else {
      this.keys = partition.sortedBy("sk", sortType);
      service.createTable(TABLE, KeyAttribute.string("pk"), sortKey(sortType));
    }
    this.reader = settings.apply(builder(watched)).build();
  }

  static GatherRig numbered(long seed, KeySharder sharder) {
    return new GatherRig(seed, ScalarAttributeType.N, sharder, UnaryOperator.identity());
  }

  GatherReaderBuilder builder(WatchedClient with) {
    return GatherReader.builder(with, TABLE, keys, sharder)
        .clock(time.clock())
        .random(time.random())
        .scheduler(time.scheduler());
  }

  private static KeyAttribute sortKey(ScalarAttributeType type) {
    return switch (type) {
      case N -> KeyAttribute.number("sk");
      case B -> KeyAttribute.binary("sk");
      default -> KeyAttribute.string("sk");
    };
  }

  void put(AttributeValue sortKey, Suffix suffix, Map<String, AttributeValue> more) {
    Map<String, AttributeValue> item = new HashMap<>(more);
    item.put("pk", PhysicalKey.join(LOGICAL, suffix));
    if (keys.sortKey().isPresent()) {
      item.put("sk", sortKey);
    }
    var unused =
        service.execute(PutItemRequest.builder().tableName(TABLE).item(item).build(), time.now());
  }

  /** The numbers from 0, dealt to the shards in turn. */
  void deal(int items) {
    List<Suffix> suffixes = sharder.suffixes();
    for (int i = 0; i < items; i++) {
      put(number(i), suffixes.get(i % suffixes.size()), Map.of());
    }
  }

  GatherPage await(Gather gather) {
    CompletableFuture<GatherPage> page = gather.next().toCompletableFuture();
    time.runUntil(page::isDone, Duration.ofMinutes(5));
    return page.join();
  }

  Throwable awaitFailure(Gather gather) {
    try {
      GatherPage page = await(gather);
      throw new AssertionError("no failure, but " + page);
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  /** Reads to the end, page by page. */
  List<GatherPage> awaitAll(Gather gather) {
    List<GatherPage> pages = new ArrayList<>();
    do {
      pages.add(await(gather));
    } while (pages.get(pages.size() - 1).token().isPresent());
    return pages;
  }

  static List<Integer> numbers(GatherPage page) {
    return page.items().stream().map(item -> Integer.parseInt(item.item().get("sk").n())).toList();
  }

  static AttributeValue number(int value) {
    return AttributeValue.fromN(Integer.toString(value));
  }

  static AttributeValue bytes(byte[] bytes) {
    return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
  }
}
