package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One item whose request is never answered does not take its neighbours with it. */
class UnansweredRequestsTest {
  private static final int COUNT = 53;
  private static final int POISON = 31;
  private static final String POISONED = "poisonous";

  private static void assertOnlyThePoisonIsUnknown(Worker worker) {
    for (int i = 0; i < COUNT; i++) {
      if (i == POISON) {
        assertThat(worker.ended.get(i).failure).isInstanceOf(UnknownOutcomeException.class);
      } else {
        assertThat(worker.ended.get(i).outcome).isInstanceOf(Outcome.Applied.class);
      }
    }
  }

  private static String value(int i) {
    return i == POISON ? POISONED : "v";
  }

  @ParameterizedTest
  @ValueSource(strings = {"BatchWriteItem", "BatchExecuteStatement"})
  void anItemThatIsNeverAnsweredIsLeftAlone(String operation) {
    for (Mode mode : new Mode[] {Mode.LEDGER, Mode.KEYED}) {
      Worker worker = Worker.seeded(mode, 41, b -> b.linger(Duration.ofMillis(20)));
      worker.dynamo.always(operation, new Fate.NeverAnsweredIfItHolds(POISONED));
      worker.dynamo.always("PutItem", new Fate.NeverAnsweredIfItHolds(POISONED));
      for (int i = 0; i < COUNT; i++) {
        Write write = Write.event("e" + i);
        worker.write(
            "t/0/" + i,
            operation.equals("BatchWriteItem")
                ? write.put(PLAIN, item("k" + i, 1, value(i)))
                : write.create(PLAIN, item("k" + i, 1, value(i))));
      }
      worker.await();
      assertOnlyThePoisonIsUnknown(worker);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LEDGER", "TRANSACTIONAL"})
  void aClaimThatIsNeverAnsweredIsLeftAlone(Mode mode) {
    Worker worker =
        Worker.seeded(mode, 43, b -> b.maxTransactionEvents(mode == Mode.LEDGER ? 1 : 10));
    for (String operation :
        new String[] {"BatchExecuteStatement", "PutItem", "TransactWriteItems"}) {
      worker.dynamo.always(operation, new Fate.NeverAnsweredIfItHolds(POISONED));
    }
    for (int i = 0; i < COUNT; i++) {
      String event = i == POISON ? POISONED : "e" + i;
      worker.write("t/0/" + i, Write.event(event).put(PLAIN, item("k" + i, 1, "v")));
    }
    worker.await();
    assertOnlyThePoisonIsUnknown(worker);
  }
}
