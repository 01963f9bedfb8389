package dev.sluice.testkit.simulated.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: serves each request at once and answers it after the latency. */
final class HttpExchange extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);

  private final WireService service;
  private final InstantSource clock;
  private final long latencyNanos;

  HttpExchange(WireService service, InstantSource clock, long latencyNanos) {
    this.service = service;
    this.clock = clock;
    this.latencyNanos = latencyNanos;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    var target = request.headers().get("X-Amz-Target", "");
    ByteBuf body = context.alloc().buffer();
    int status = serve(target, request.content(), body);
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    var response = response(status, body);
    HttpUtil.setKeepAlive(response, keepAlive);
    if (latencyNanos == 0) {
      send(context, response);
    } else {
      var unused =
          context
              .executor()
              .schedule(() -> send(context, response), latencyNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Whatever goes wrong, the client gets an answer. */
  private int serve(String target, ByteBuf request, ByteBuf body) {
    try (var in = new ByteBufInputStream(request);
        var out = new ByteBufOutputStream(body)) {
      return service.serve(target, in, out);
    } catch (IOException | RuntimeException | AssertionError | StackOverflowError e) {
      body.clear();
      return service.failed(target, e, new ByteBufOutputStream(body));
    }
  }

  private DefaultFullHttpResponse response(int status, ByteBuf body) {
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), body);
    var now = clock.instant().atOffset(ZoneOffset.UTC);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-amz-json-1.0")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set(HttpHeaderNames.DATE, DateTimeFormatter.RFC_1123_DATE_TIME.format(now))
        .set("x-amzn-RequestId", "SIMULATED");
    return response;
  }

  private static void send(ChannelHandlerContext context, DefaultFullHttpResponse response) {
    var unused = context.writeAndFlush(response, context.voidPromise());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("a client has left", cause);
    } else {
      LOG.warn("a connection to the simulated DynamoDB is closed without an answer", cause);
    }
    var unused = context.close();
  }
}
