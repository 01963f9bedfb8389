package dev.sluice.write;

import dev.sluice.item.ItemLimits;
import dev.sluice.item.ItemSize;
import dev.sluice.item.PrimaryKey;
import dev.sluice.ledger.LedgerEntry;
import dev.sluice.model.Effect;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.request.TransactWrite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks and measures a write on its caller's thread, so that whatever the client can know to be
 * wrong fails before a claim is made. Safe for use by several threads.
 */
public final class Preparation {
  private static final int MAX_EFFECTS = 100;
  // One action of a transaction is the ledger entry.
  private static final int MAX_TRANSACTION_EFFECTS = TransactWrite.MAX_ACTIONS - 1;

  private final Mode mode;
  private final LedgerEntry.@Nullable Mode entryMode;
  private final String prefix;
  private final Map<String, TableRoute> routes;
  private final long maxBufferedBytes;

  /**
   * Creates the preparation.
   *
   * @param mode the writer's mode
   * @param ledger the ledger, or null where the mode needs none
   * @param routes the declared tables by name
   * @param maxBufferedBytes the most bytes that a write may have
   */
  public Preparation(
      Mode mode,
      @Nullable LedgerTable ledger,
      Map<String, TableRoute> routes,
      long maxBufferedBytes) {
    this.mode = mode;
    this.entryMode =
        switch (mode) {
          case LEDGER -> LedgerEntry.Mode.LEDGER;
          case TRANSACTIONAL -> LedgerEntry.Mode.TRANSACTIONAL;
          case KEYED -> null;
        };
    this.prefix = ledger == null ? "" : ledger.scope() + '#';
    this.routes = Map.copyOf(routes);
    this.maxBufferedBytes = maxBufferedBytes;
  }

  /**
   * The ledger's key of an event; without a ledger, its id.
   *
   * @param eventId the event's id
   * @return scope and event id
   * @throws InvalidWriteException if the id is empty, too long or not Unicode
   */
  public String ledgerId(String eventId) {
    if (!ItemSize.isUnicode(eventId)) {
      throw new InvalidWriteException(
          "An event id is not Unicode: it has half of a surrogate pair.");
    }
    String id = prefix + eventId;
    int bytes = ItemSize.utf8Length(id);
    if (eventId.isEmpty() || bytes > ItemLimits.MAX_PARTITION_KEY_BYTES) {
      int prefixBytes = ItemSize.utf8Length(prefix);
      throw new InvalidWriteException(
          "An event id has "
              + (bytes - prefixBytes)
              + " bytes; behind the ledger's scope, which is '"
              + prefix
              + "', allowed are 1 to "
              + (ItemLimits.MAX_PARTITION_KEY_BYTES - prefixBytes)
              + '.');
    }
    return id;
  }

  /**
   * Prepares a write.
   *
   * @param source where it came from
   * @param write the event and its effects
   * @param listener told how it ends
   * @return the write, ready to be accepted
   * @throws InvalidWriteException if it is invalid
   */
  public PendingWrite prepare(SourcePosition source, Write write, WriteListener listener) {
    String id = ledgerId(write.eventId());
    requireUtf8(source);
    List<Effect> effects = write.effects();
    int most = mode == Mode.TRANSACTIONAL ? MAX_TRANSACTION_EFFECTS : MAX_EFFECTS;
    if (effects.size() > most) {
      throw new InvalidWriteException(
          "A write has " + effects.size() + " effects; allowed are at most " + most + '.');
    }
    List<EffectTask> tasks = tasks(effects);
    long wire = PendingWrite.OVERHEAD_BYTES;
    long heap = PendingWrite.OVERHEAD_BYTES;
    long stored = PendingWrite.OVERHEAD_BYTES + ItemSize.utf8Length(id);
    for (EffectTask task : tasks) {
      wire += task.plan.wireBytes();
      heap += task.plan.size().heap();
      stored += task.plan.storedBytes();
    }
    requireDistinct(tasks);
    requireRoom(wire);
    if (mode == Mode.TRANSACTIONAL && stored > TransactWrite.MAX_BYTES) {
      throw new InvalidWriteException(
          "A write has "
              + stored
              + " bytes with its ledger entry; a transaction takes at most "
              + TransactWrite.MAX_BYTES
              + ". Make several events of it, or store the large part elsewhere.");
    }
    return new PendingWrite(
        id,
        source,
        write,
        entryMode,
        entryMode == null ? null : KeysFingerprint.of(effects, i -> tasks.get(i).plan.key()),
        listener,
        tasks,
        // What the service takes is not rejected for its heap: it goes when the buffer is empty.
        Math.min(heap, maxBufferedBytes));
  }

  /**
   * Presents a prepared write as the record that answers for its event, though it comes again out
   * of a dead letter.
   *
   * @param write the write
   * @param recorded the suffix of each of its effects; empty if they are to be drawn
   * @throws InvalidWriteException if there are suffixes, but not one for each effect
   * @throws SystemException if a suffix names a shard that the table's sharder does not
   */
  public void standInForItsRecord(PendingWrite write, List<Suffix> recorded) {
    int effects = write.effects.size();
    if (!recorded.isEmpty() && recorded.size() != effects) {
      throw new InvalidWriteException(
          "A replay names "
              + recorded.size()
              + " suffixes for a write with "
              + effects
              + " effects; it must name one for each, or none.");
    }
    SystemException retired = RetiredShards.rejection(write.effects, recorded);
    if (retired != null) {
      throw retired;
    }
    write.standInForItsRecord(recorded);
  }

  private List<EffectTask> tasks(List<Effect> effects) {
    if (effects.size() == 1) {
      return List.of(task(effects.get(0)));
    }
    List<EffectTask> tasks = new ArrayList<>(effects.size());
    for (Effect effect : effects) {
      tasks.add(task(effect));
    }
    return tasks;
  }

  private EffectTask task(Effect effect) {
    requireFitting(effect);
    return new EffectTask(EffectPlan.of(effect, route(effect)));
  }

  private void requireFitting(Effect effect) {
    if (effect instanceof Effect.Update && mode != Mode.TRANSACTIONAL) {
      throw new InvalidWriteException(
          "An '"
              + effect
              + "' under "
              + mode
              + " would be applied again with every repetition; build the writer with"
              + " .mode(Mode.TRANSACTIONAL) for it.");
    }
  }

  private static void requireUtf8(SourcePosition source) {
    if (!ItemSize.isUnicode(source.value())) {
      throw new InvalidWriteException(
          "A source position is not Unicode: it has half of a surrogate pair.");
    }
  }

  private void requireRoom(long bytes) {
    if (bytes > maxBufferedBytes) {
      throw new InvalidWriteException(
          "A write has "
              + bytes
              + " bytes; the whole buffer takes "
              + maxBufferedBytes
              + " (maxBufferedBytes).");
    }
  }

  private static void requireDistinct(List<EffectTask> tasks) {
    if (tasks.size() < 2) {
      return;
    }
    Set<PrimaryKey> keys = new HashSet<>();
    tasks.forEach(task -> keys.add(task.plan.key()));
    if (keys.size() < tasks.size()) {
      throw new InvalidWriteException(
          "A write names one item in two of its effects, so that which of them would last is not"
              + " defined; make one effect of them.");
    }
  }

  private TableRoute route(Effect effect) {
    TableRoute route = routes.get(effect.table());
    if (route == null) {
      throw new InvalidWriteException(
          "The table '"
              + effect.table()
              + "' was not declared; declared are "
              + routes.keySet()
              + ". Add it to the writer's builder: .table(Table.named(\""
              + effect.table()
              + "\")).");
    }
    return route;
  }
}
