package dev.sluice.read;

import dev.sluice.model.SluiceException;
import dev.sluice.model.Suffix;
import dev.sluice.request.QueryReply;
import dev.sluice.request.QueryShape;
import dev.sluice.request.ShardQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Counts the items of all shards, page after page, without bringing them. */
final class Count {
  private final ShardQuery operation;
  private final QueryShape shape;
  private final List<AttributeValue> physicalKeys;
  private final PageReader pages;
  private final ReadSettings settings;
  private final Instant deadline;
  private final long beganAt;
  private final CompletableFuture<Long> result = new CompletableFuture<>();
  private List<Shard> left = new ArrayList<>();
  private long items;
  private double units;

  Count(
      ShardQuery operation,
      QueryShape shape,
      List<AttributeValue> physicalKeys,
      List<Suffix> suffixes,
      PageReader pages,
      ReadSettings settings) {
    this.operation = operation;
    this.shape = shape;
    this.physicalKeys = physicalKeys;
    this.pages = pages;
    this.settings = settings;
    this.deadline = settings.clock().instant().plus(settings.readTimeout());
    this.beganAt = settings.use().nanos();
    for (int i = 0; i < suffixes.size(); i++) {
      left.add(new Shard(i, Position.START));
    }
  }

  CompletableFuture<Long> start() {
    goOn();
    return result;
  }

  private void goOn() {
    List<Shard> asked = List.copyOf(left);
    CompletableFuture<Void> unused =
        new ShardReads(operation.table(), settings, deadline, asked, this::request)
            .start()
            .thenAccept(reads -> takeIn(asked, reads));
  }

  private CompletableFuture<QueryReply> request(Shard shard) {
    return operation.count(shape, physicalKeys.get(shard.index()), shard.nextPage().after());
  }

  private void takeIn(List<Shard> asked, ShardReads reads) {
    try {
      SluiceException failure = reads.failure();
      if (failure != null) {
        throw failure;
      }
      for (int i = 0; i < asked.size(); i++) {
        QueryReply.Page page = reads.page(i);
        if (page != null) {
          items += page.count();
          units += page.units();
          asked.get(i).add(List.of(), pages.next(page));
        }
      }
      left = asked.stream().filter(shard -> !shard.nextPage().done()).toList();
      if (!left.isEmpty()) {
        goOn();
      }
    } catch (RuntimeException | Error thrown) {
      settings.use().metrics().pageFailed(operation.table(), thrown.getClass().getSimpleName());
      result.completeExceptionally(thrown);
      return;
    }
    if (!left.isEmpty()) {
      return;
    }
    settings
        .use()
        .metrics()
        .pageRead(operation.table(), items, units, settings.use().nanos() - beganAt);
    result.complete(items);
  }
}
