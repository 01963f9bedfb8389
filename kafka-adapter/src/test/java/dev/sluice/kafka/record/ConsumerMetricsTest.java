package dev.sluice.kafka.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Counting hurts nobody. */
class ConsumerMetricsTest {
  private final List<String> told = new ArrayList<>();

  /** Another method for each, so that a new one that is not guarded fails here. */
  static Stream<Method> methods() {
    return Arrays.stream(ConsumerMetrics.class.getDeclaredMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }

  private static Object argument(Class<?> type) {
    if (type == int.class) {
      return 7;
    }
    if (type == long.class) {
      return 11L;
    }
    if (type == TopicPartition.class) {
      return new TopicPartition("payments", 3);
    }
    if (type == Collection.class) {
      return List.of(new TopicPartition("payments", 5));
    }
    return type.isEnum() ? type.getEnumConstants()[0] : "reason";
  }

  @ParameterizedTest
  @MethodSource("methods")
  void whatAUsersMetricsThrowStaysTheirOwn(Method method) {
    var hostile =
        (ConsumerMetrics)
            Proxy.newProxyInstance(
                ConsumerMetrics.class.getClassLoader(),
                new Class<?>[] {ConsumerMetrics.class},
                (proxy, called, arguments) -> {
                  told.add(called.getName() + Arrays.toString(arguments));
                  throw told.size() == 1 ? new StackOverflowError() : new IllegalStateException();
                });
    ConsumerMetrics guarded = ConsumerMetrics.guarded(hostile);
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(ConsumerMetricsTest::argument).toArray();

    for (int call = 0; call < 2; call++) {
      assertThatCode(() -> method.invoke(guarded, arguments)).doesNotThrowAnyException();
    }

    String expected = method.getName() + Arrays.toString(arguments);
    assertThat(told).containsExactly(expected, expected);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void metricsThatAreNotWantedCountNothing(Method method) {
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(ConsumerMetricsTest::argument).toArray();
    assertThat(ConsumerMetrics.guarded(ConsumerMetrics.disabled()))
        .isSameAs(ConsumerMetrics.disabled());
    assertThatCode(() -> method.invoke(ConsumerMetrics.disabled(), arguments))
        .doesNotThrowAnyException();
  }
}
