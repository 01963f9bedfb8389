package dev.sluice.testkit.simulated.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.error.NotSimulatedError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;

/**
 * DynamoDB's protocol over a {@link SimulatedDynamoDb}: JSON 1.0, operations by {@code
 * X-Amz-Target}, errors by {@code __type}. Safe for use by several threads: they take turns at the
 * service, but not at the JSON.
 */
final class WireService {

  private static final String NAMESPACE = "com.amazonaws.dynamodb.v20120810#";

  private static final Logger LOG = LoggerFactory.getLogger(WireService.class);

  private final JsonFactory json = new JsonFactory();
  private final SimulatedDynamoDb service;
  private final InstantSource clock;

  WireService(SimulatedDynamoDb service, InstantSource clock) {
    this.service = service;
    this.clock = clock;
  }

  /**
   * Serves one request.
   *
   * @param target the header
   * @param body the request, which is read
   * @param reply where the reply's body is written to
   * @return the status
   */
  int serve(String target, InputStream body, OutputStream reply) {
    try (JsonGenerator out = json.createGenerator(reply)) {
      try {
        return answer(target, body, out);
      } catch (DynamoDbException e) {
        var details = e.awsErrorDetails();
        return error(out, e.statusCode(), details.errorCode(), details.errorMessage(), e);
      } catch (NotSimulatedError e) {
        return error(out, 501, "NotSimulatedError", String.valueOf(e.getMessage()), null);
      } catch (MalformedRequestException e) {
        return error(out, 400, "SerializationException", String.valueOf(e.getMessage()), null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Answers a request that {@link #serve} failed at, which is a fault of the simulation.
   *
   * @param target the header
   * @param fault what went wrong; it is logged
   * @param reply where the reply's body is written to
   * @return the status
   */
  int failed(String target, Throwable fault, OutputStream reply) {
    LOG.error("the simulated DynamoDB failed at a request of {}", target, fault);
    try (JsonGenerator out = json.createGenerator(reply)) {
      return error(out, 501, "SimulationFailed", fault.toString(), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int answer(String target, InputStream body, JsonGenerator out) throws IOException {
    var builder = WireOperations.builder(target);
    if (builder == null) {
      throw new NotSimulatedError("the operation '" + target + "'");
    }
    var request = read(body, builder);
    SdkPojo response;
    synchronized (service) {
      response = service.execute(request, clock.instant());
    }
    WireWriter.write(out, response);
    return 200;
  }

  private DynamoDbRequest read(InputStream body, SdkPojo builder) {
    try (var in = json.createParser(body)) {
      in.nextToken();
      return (DynamoDbRequest) WireReader.read(in, builder);
    } catch (IOException e) {
      throw new MalformedRequestException(e);
    }
  }

  private static int error(
      JsonGenerator out, int status, String code, String message, @Nullable SdkPojo details)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("__type", NAMESPACE + code);
    out.writeStringField("message", message);
    if (details != null) {
      WireWriter.fields(out, details);
    }
    out.writeEndObject();
    return status;
  }

  /** The body is not what it should be. */
  private static final class MalformedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedRequestException(IOException cause) {
      super(cause);
    }
  }
}
