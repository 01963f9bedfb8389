package dev.sluice.benchmarks.writer;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Counts requests by operation, to show that the variants make the same ones. */
final class RequestCounter implements ExecutionInterceptor {
  private final Map<Class<?>, LongAdder> counts = new ConcurrentHashMap<>();

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    counts.computeIfAbsent(context.request().getClass(), type -> new LongAdder()).increment();
  }

  /** {@return the number of requests of each operation since the last call} */
  Map<String, Long> take() {
    Map<String, Long> taken =
        counts.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> entry.getKey().getSimpleName().replace("Request", ""),
                    entry -> entry.getValue().sum(),
                    Long::sum,
                    TreeMap::new));
    counts.clear();
    return taken;
  }
}
