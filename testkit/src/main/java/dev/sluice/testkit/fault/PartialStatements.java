package dev.sluice.testkit.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A {@code BatchExecuteStatement} of which some statements are answered with a forged error. */
final class PartialStatements {

  private final ObjectNode request;
  private final String code;
  private final ArrayNode forwarded = Json.array();
  private final List<Boolean> fails = new ArrayList<>();

  PartialStatements(ObjectNode request, String code, Entries chosen) {
    this.request = request;
    this.code = code;
    for (JsonNode statement : request.get("Statements")) {
      boolean failing = chosen.includes(fails.size(), statement.toString());
      fails.add(failing);
      if (!failing) {
        forwarded.add(statement);
      }
    }
    request.set("Statements", forwarded);
  }

  void play(Exchange exchange) {
    if (forwarded.isEmpty()) {
      exchange.deliver(answer(Reply.json(200, "{\"Responses\":[]}")));
    } else {
      exchange.send(request.toString(), reply -> exchange.deliver(answer(reply)));
    }
  }

  /** Puts the forged errors where their statements were. */
  private Reply answer(Reply reply) {
    if (!reply.isSuccess()) {
      return reply;
    }
    var body = Json.parse(reply.body());
    var executed = body.get("Responses").iterator();
    var responses = Json.array();
    fails.forEach(failing -> responses.add(failing ? forgedError() : executed.next()));
    body.set("Responses", responses);
    return reply.withBody(body.toString());
  }

  private JsonNode forgedError() {
    var response = Json.object();
    response.putObject("Error").put("Code", code).put("Message", "forged: " + code);
    return response;
  }
}
