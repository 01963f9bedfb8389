package dev.sluice;

import dev.sluice.model.Duplicates;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.pacing.MonotonicClock;
import dev.sluice.request.ClientSetup;
import dev.sluice.request.ExpirySettings;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.RequestSettings;
import dev.sluice.request.SdkFeatures;
import dev.sluice.request.ServiceTime;
import dev.sluice.request.StartTime;
import dev.sluice.request.TableDescription;
import dev.sluice.write.Buffer;
import dev.sluice.write.Callbacks;
import dev.sluice.write.HotKeyView;
import dev.sluice.write.Preparation;
import dev.sluice.write.TableRoute;
import dev.sluice.write.WriterLoop;
import dev.sluice.write.WriterRuntime;
import dev.sluice.write.WriterSettings;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/** Puts a writer together from checked options. */
final class WriterAssembly {
  private WriterAssembly() {}

  static IdempotentWriter of(WriterOptions options) {
    SdkFeatures.require();
    InstantSource steady = options.steadyClock();
    WriterSettings settings = options.checkedSettings(steady);
    LedgerTable ledger = options.checkedLedger();
    ServiceTime time = new ServiceTime(options.wallClock(), steady);
    StartTime start = new StartDeadline(options.startTimeout, new MonotonicClock(), options.random);
    TableDescription description =
        options.checkTables ? new TableDescription(options.client, start, time) : null;
    ExpirySettings expiries = new ExpirySettings(options.client, start);
    if (description != null && ledger != null) {
      description.checkLedger(ledger);
      expiries.ask(ledger);
    }
    ClientSetup.check(options.client, options.requestTimeout);
    RequestSettings requests =
        new RequestSettings(
            options.client,
            AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(options.requestTimeout)
                .build(),
            options.metrics,
            steady);
    Map<String, TableRoute> routes =
        options.tables.routes(options.mode, requests, time, description);
    if (description != null) {
      options.tables.forEach(expiries::ask);
      expiries.warn();
    }
    OwnedExecutors owned = new OwnedExecutors();
    WriterRuntime runtime = runtime(options, steady, owned);
    Buffer buffer =
        new Buffer(options.maxBufferedItems, options.maxBufferedBytes, runtime.callbacks());
    HotKeyView hotKeys = new HotKeyView(options.maxBufferedItems, options.maxBufferedBytes);
    WriterLoop loop =
        new WriterLoop(
            settings,
            runtime,
            ledger == null ? null : LedgerRequests.of(requests, ledger, time),
            routes.values(),
            buffer,
            hotKeys);
    Preparation preparation =
        new Preparation(options.mode, ledger, routes, options.maxBufferedBytes);
    return new WriterFront(
        preparation,
        buffer,
        hotKeys,
        loop,
        options.maxBlock,
        owned,
        options.metrics,
        new ClaimTerms(
            options.mode != Mode.LEDGER || options.duplicates == Duplicates.REAPPLY,
            ledger == null ? null : ledger.retention(),
            time));
  }

  private static WriterRuntime runtime(
      WriterOptions options, InstantSource steady, OwnedExecutors owned) {
    Executor callbackExecutor = options.callbackExecutor;
    Executor requests = options.requestExecutor;
    ScheduledExecutorService scheduler = options.scheduler;
    return new WriterRuntime(
        steady,
        !(steady instanceof MonotonicClock),
        scheduler == null ? owned.scheduler() : scheduler,
        requests == null ? owned.requests() : requests,
        new Callbacks(
            callbackExecutor == null ? owned.callbacks() : callbackExecutor,
            owned.fallbackCallbacks()),
        options.metrics,
        options.random,
        options.tokens);
  }
}
