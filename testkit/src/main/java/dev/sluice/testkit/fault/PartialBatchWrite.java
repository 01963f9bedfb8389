package dev.sluice.testkit.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A {@code BatchWriteItem} of which some requests come back unprocessed. */
final class PartialBatchWrite {

  private final ObjectNode request;
  private final ObjectNode unprocessed = Json.object();

  PartialBatchWrite(ObjectNode request, Entries chosen) {
    this.request = request;
    var forwarded = Json.object();
    int index = 0;
    for (var table : request.get("RequestItems").properties()) {
      for (JsonNode entry : table.getValue()) {
        boolean comesBack = chosen.includes(index++, entry.toString());
        (comesBack ? unprocessed : forwarded).withArrayProperty(table.getKey()).add(entry);
      }
    }
    request.set("RequestItems", forwarded);
  }

  void play(Exchange exchange) {
    if (request.get("RequestItems").isEmpty()) {
      exchange.deliver(answer(Reply.json(200, "{}")));
    } else {
      exchange.send(request.toString(), reply -> exchange.deliver(answer(reply)));
    }
  }

  private Reply answer(Reply reply) {
    if (!reply.isSuccess()) {
      return reply;
    }
    var body = Json.parse(reply.body());
    body.withObjectProperty("UnprocessedItems").setAll(unprocessed);
    return reply.withBody(body.toString());
  }
}
