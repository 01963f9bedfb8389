package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sluice.model.SluiceException;
import dev.sluice.shard.KeySharder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** The rules of Reactive Streams, as far as a publisher keeps them. */
class GatherPublisherTest {
  private static final int ITEMS = 307;
  private static final GatherQuery ALL = GatherQuery.of(GatherRig.LOGICAL).limit(20);

  private final GatherRig rig = GatherRig.numbered(3, KeySharder.random(5));
  private final Flow.Publisher<GatheredItem> publisher = rig.reader.publisher(ALL);

  GatherPublisherTest() {
    rig.deal(ITEMS);
  }

  /** Notes what it is given, and does something with each item. */
  private static final class Subscriber implements Flow.Subscriber<GatheredItem> {
    private final long first;
    private final Consumer<Subscriber> each;
    private final List<Integer> items = new ArrayList<>();
    private Flow.Subscription subscription;
    private Throwable failure;
    private int completed;
    private int depth;
    private int deepest;

    Subscriber(long first, Consumer<Subscriber> each) {
      this.first = first;
      this.each = each;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (first != 0) {
        given.request(first);
      }
    }

    @Override
    public void onNext(GatheredItem item) {
      depth++;
      deepest = Math.max(deepest, depth);
      items.add(Integer.parseInt(item.item().get("sk").n()));
      each.accept(this);
      depth--;
    }

    @Override
    public void onError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    public void onComplete() {
      completed++;
    }
  }

  private Subscriber subscribe(long first, Consumer<Subscriber> each) {
    Subscriber subscriber = new Subscriber(first, each);
    publisher.subscribe(subscriber);
    rig.time.advance(Duration.ofMinutes(1));
    return subscriber;
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {ITEMS, ITEMS + 1, Long.MAX_VALUE})
  void allIsGivenToWhoAsksForAll(long demand) {
    Subscriber subscriber = subscribe(demand, each -> {});

    assertThat(subscriber.items).isEqualTo(upTo(ITEMS));
    assertThat(subscriber.completed).isOne();
    assertThat(subscriber.failure).isNull();
  }

  @Test
  void whoAsksForOneAtATimeIsGivenOneAtATime() {
    Subscriber subscriber = subscribe(1, each -> each.subscription.request(1));

    assertThat(subscriber.items).isEqualTo(upTo(ITEMS));
    assertThat(subscriber.completed).isOne();
    assertThat(subscriber.deepest).isOne();
  }

  @Test
  void nothingIsReadBeforeItIsAskedFor() {
    Subscriber subscriber = subscribe(0, each -> {});
    assertThat(rig.watched.queries()).isEmpty();
    subscriber.subscription.request(3);
    rig.time.advance(Duration.ofSeconds(1));

    assertThat(subscriber.items).isEqualTo(upTo(3));
    subscriber.subscription.request(4);
    rig.time.advance(Duration.ofSeconds(1));
    assertThat(subscriber.items).isEqualTo(upTo(7));
    assertThat(subscriber.completed).isZero();
  }

  @Test
  void whoCancelsIsGivenNothingMore() {
    Subscriber subscriber =
        subscribe(
            Long.MAX_VALUE,
            each -> {
              if (each.items.size() == 33) {
                each.subscription.cancel();
              }
            });
    subscriber.subscription.request(7);
    rig.time.advance(Duration.ofSeconds(1));

    assertThat(subscriber.items).isEqualTo(upTo(33));
    assertThat(subscriber.completed).isZero();
    assertThat(subscriber.failure).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void aDemandBelowOneIsAnError(long demand) {
    Subscriber subscriber = subscribe(demand, each -> {});

    assertThat(subscriber.failure)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3.9");
    assertThat(subscriber.items).isEmpty();
    subscriber.subscription.request(1);
    rig.time.advance(Duration.ofSeconds(1));
    assertThat(subscriber.items).isEmpty();
  }

  @Test
  void aFailureHalfWayEndsIt() {
    Subscriber subscriber =
        subscribe(
            Long.MAX_VALUE,
            each -> {
              if (each.items.size() == 40) {
                rig.watched.rejection =
                    request ->
                        (DynamoDbException)
                            DynamoDbException.builder()
                                .awsErrorDetails(
                                    AwsErrorDetails.builder()
                                        .errorCode("AccessDeniedException")
                                        .build())
                                .build();
              }
            });

    assertThat(subscriber.failure).isInstanceOf(SluiceException.class);
    assertThat(subscriber.items).isEqualTo(upTo(subscriber.items.size()));
    assertThat(subscriber.completed).isZero();
  }

  @Test
  void whoThrowsIsGivenNothingMore() {
    Subscriber subscriber =
        subscribe(
            Long.MAX_VALUE,
            each -> {
              throw new IllegalStateException();
            });

    assertThat(subscriber.items).hasSize(1);
    assertThat(subscriber.completed).isZero();
  }

  /** Rule 1.3: nothing is given before onSubscribe has returned. */
  @Test
  void nothingIsGivenWithinOnSubscribe() {
    WatchedClient atOnce =
        new WatchedClient(
            request ->
                CompletableFuture.completedFuture(
                    (QueryResponse) rig.service.execute(request, rig.time.now())));
    List<String> signals = new ArrayList<>();
    rig.builder(atOnce)
        .build()
        .publisher(ALL.limit(3))
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(2);
                signals.add("subscribed");
              }

              @Override
              public void onNext(GatheredItem item) {
                signals.add("next");
              }

              @Override
              public void onError(Throwable thrown) {
                signals.add("error");
              }

              @Override
              public void onComplete() {
                signals.add("complete");
              }
            });

    assertThat(signals).containsExactly("subscribed", "next", "next");
  }

  @Test
  void eachSubscriptionReadsAnew() {
    Subscriber first = subscribe(Long.MAX_VALUE, each -> {});
    Subscriber second = subscribe(Long.MAX_VALUE, each -> {});

    assertThat(second.items).isEqualTo(first.items);
    assertThatNullPointerException().isThrownBy(() -> publisher.subscribe(null));
  }
}
