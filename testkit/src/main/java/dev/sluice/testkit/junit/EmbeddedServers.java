package dev.sluice.testkit.junit;

import static java.util.Objects.requireNonNull;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * JUnit extension that gives an {@link EmbeddedDynamoDb} or {@link EmbeddedKafka} to constructors,
 * lifecycle methods and tests which have them as parameters.
 *
 * <p>A server is started when the first parameter asks for it and closed after the last test of the
 * outermost test class; all tests of that class share it.
 */
public final class EmbeddedServers implements ParameterResolver {

  private static final Map<Class<?>, Supplier<AutoCloseable>> SERVERS =
      Map.of(
          EmbeddedDynamoDb.class, EmbeddedDynamoDb::start,
          EmbeddedKafka.class, EmbeddedKafka::start);

  /** For JUnit. */
  public EmbeddedServers() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return SERVERS.containsKey(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return outermostClass(context)
        .getStore(Namespace.create(EmbeddedServers.class))
        .getOrComputeIfAbsent(
            parameter.getParameter().getType(), type -> requireNonNull(SERVERS.get(type)).get());
  }

  private static ExtensionContext outermostClass(ExtensionContext context) {
    var outermost = context;
    while (outermost.getParent().map(p -> !p.equals(p.getRoot())).orElse(false)) {
      outermost = outermost.getParent().orElseThrow();
    }
    return outermost;
  }
}
