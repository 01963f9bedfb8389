package dev.sluice.testkit.fault;

import static java.util.Objects.requireNonNull;

/**
 * What happens to one request. A fault holds no state of its own, so one can serve many requests; a
 * {@link Gate} holds back all of them.
 */
public sealed interface Fault {

  /** Lets it happen to this exchange; called by {@link FaultyHttpClient}. */
  void play(Exchange exchange);

  /** The request passes and so does the reply. */
  static Fault none() {
    return new None();
  }

  /** The connection breaks before anything is sent: the call fails and has had no effect. */
  static Fault failBeforeSending() {
    return new FailBeforeSending();
  }

  /** The connection breaks before the reply is read: the call fails and has taken effect. */
  static Fault loseReply() {
    return new LoseReply();
  }

  /** Nothing is sent and nothing comes back: the call ends when the caller gives up. */
  static Fault swallowRequest() {
    return new SwallowRequest();
  }

  /** The call takes effect and nothing comes back: it ends when the caller gives up. */
  static Fault swallowReply() {
    return new SwallowReply();
  }

  /**
   * The call takes effect at once and its reply is delivered when the gate opens. The gate holds it
   * from the moment the reply is there.
   */
  static Fault delayReply(Gate gate) {
    return new DelayReply(gate);
  }

  /**
   * The request is on the wire and lands when the gate opens, even if the caller has given up, has
   * crashed or is closed by then; only a closed client sends nothing any more.
   */
  static Fault delayRequest(Gate gate) {
    return new DelayRequest(gate);
  }

  /** This reply in place of the service's, which sees nothing; no content is too broken for it. */
  static Fault reply(int status, String body) {
    return new ForgeReply(Reply.json(status, body), false);
  }

  /** As {@link #reply(int, String)}, but the call takes effect before. */
  static Fault replyAfterApplying(int status, String body) {
    return new ForgeReply(Reply.json(status, body), true);
  }

  /**
   * An error in place of the service's reply, which sees nothing.
   *
   * @param status the HTTP status, such as 400
   * @param code the exception's name without its namespace, such as {@code ThrottlingException}
   */
  static Fault error(int status, String code, String message) {
    return reply(status, errorBody(code, message));
  }

  /** As {@link #error(int, String, String)}, but the call takes effect before. */
  static Fault errorAfterApplying(int status, String code, String message) {
    return replyAfterApplying(status, errorBody(code, message));
  }

  private static String errorBody(String code, String message) {
    return Json.object()
        .put("__type", "com.amazonaws.dynamodb.v20120810#" + code)
        .put("message", message)
        .toString();
  }

  /** Status 400 with {@code ProvisionedThroughputExceededException}. */
  static Fault throttle() {
    return error(400, "ProvisionedThroughputExceededException", "forged: slow down");
  }

  /** Status 500 with {@code InternalServerError}; the service sees nothing. */
  static Fault internalServerError() {
    return error(500, "InternalServerError", "forged: internal error");
  }

  /** Status 503 with a body that is no JSON, as a load balancer gives it. */
  static Fault serviceUnavailable() {
    return reply(503, "<html>forged: unavailable</html>");
  }

  /**
   * For {@code BatchWriteItem}: the chosen requests come back as {@code UnprocessedItems}, the
   * others are applied. If all are chosen, nothing is sent.
   */
  static Fault unprocessed(Entries chosen) {
    return new Unprocessed(chosen);
  }

  /**
   * For {@code BatchExecuteStatement}: the chosen statements are answered with an error, the others
   * are executed. If all are chosen, nothing is sent.
   *
   * @param code the error's code, such as {@code ThrottlingError}
   */
  static Fault statementErrors(String code, Entries chosen) {
    return new StatementErrors(code, chosen);
  }

  /** See {@link Fault#none()}. */
  record None() implements Fault {
    @Override
    public void play(Exchange exchange) {
      exchange.send(exchange::deliver);
    }
  }

  /** See {@link Fault#failBeforeSending()}. */
  record FailBeforeSending() implements Fault {
    @Override
    public void play(Exchange exchange) {
      exchange.breakConnection();
    }
  }

  /** See {@link Fault#loseReply()}. */
  record LoseReply() implements Fault {
    @Override
    public void play(Exchange exchange) {
      exchange.send(reply -> exchange.breakConnection());
    }
  }

  /** See {@link Fault#swallowRequest()}. */
  record SwallowRequest() implements Fault {
    @Override
    public void play(Exchange exchange) {}
  }

  /** See {@link Fault#swallowReply()}. */
  record SwallowReply() implements Fault {
    @Override
    public void play(Exchange exchange) {
      exchange.send(reply -> {});
    }
  }

  /**
   * See {@link Fault#delayReply(Gate)}.
   *
   * @param gate lets the reply through
   */
  record DelayReply(Gate gate) implements Fault {
    /** Checks that nothing is null. */
    public DelayReply {
      requireNonNull(gate, "gate");
    }

    @Override
    public void play(Exchange exchange) {
      exchange.send(reply -> gate.hold(() -> exchange.deliver(reply)));
    }
  }

  /**
   * See {@link Fault#delayRequest(Gate)}.
   *
   * @param gate lets the request through
   */
  record DelayRequest(Gate gate) implements Fault {
    /** Checks that nothing is null. */
    public DelayRequest {
      requireNonNull(gate, "gate");
    }

    @Override
    public void play(Exchange exchange) {
      gate.holdCall(() -> exchange.land(exchange::deliver));
    }
  }

  /**
   * See {@link Fault#reply(int, String)}.
   *
   * @param reply what the caller gets
   * @param applied whether the call takes effect before
   */
  record ForgeReply(Reply reply, boolean applied) implements Fault {
    /** Checks that nothing is null. */
    public ForgeReply {
      requireNonNull(reply, "reply");
    }

    @Override
    public void play(Exchange exchange) {
      if (applied) {
        exchange.send(real -> exchange.deliver(reply));
      } else {
        exchange.deliver(reply);
      }
    }
  }

  /**
   * See {@link Fault#unprocessed(Entries)}.
   *
   * @param chosen the requests that come back
   */
  record Unprocessed(Entries chosen) implements Fault {
    /** Checks that nothing is null. */
    public Unprocessed {
      requireNonNull(chosen, "chosen");
    }

    @Override
    public void play(Exchange exchange) {
      new PartialBatchWrite(exchange.requestBody("BatchWriteItem"), chosen).play(exchange);
    }
  }

  /**
   * See {@link Fault#statementErrors(String, Entries)}.
   *
   * @param code the error's code
   * @param chosen the statements that fail
   */
  record StatementErrors(String code, Entries chosen) implements Fault {
    /** Checks that nothing is null. */
    public StatementErrors {
      requireNonNull(code, "code");
      requireNonNull(chosen, "chosen");
    }

    @Override
    public void play(Exchange exchange) {
      var body = exchange.requestBody("BatchExecuteStatement");
      new PartialStatements(body, code, chosen).play(exchange);
    }
  }
}
