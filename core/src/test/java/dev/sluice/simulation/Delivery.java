package dev.sluice.simulation;

import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SystemException;
import dev.sluice.model.WriteListener;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** One record on its way through this process. */
final class Delivery implements WriteListener {
  private final SimulatedService service;
  private final Simulation simulation;
  private final RandomGenerator random;
  private final Assignment assignment;
  private final Log.Entry entry;
  private final Instant acceptedAt;
  private boolean ended;

  Delivery(SimulatedService service, Assignment assignment, Log.Entry entry) {
    this.service = service;
    this.simulation = service.simulation();
    this.random = simulation.time().random();
    this.assignment = assignment;
    this.entry = entry;
    this.acceptedAt = simulation.time().now();
  }

  private void end() {
    simulation.checks().require(!ended, "a write ended twice");
    ended = true;
    simulation.releases().ended(entry.source());
  }

  @Override
  public void completed(Outcome outcome) {
    if (service.isDead()) {
      return;
    }
    end();
    service.heard();
    simulation.trace(
        service, entry.source() + " " + entry.event() + " " + entry.content() + " " + outcome);
    simulation.bill().ended(entry.event(), outcome);
    simulation.releases().judged(entry, acceptedAt, outcome, simulation.checks());
    if (outcome instanceof Outcome.Conflict conflict) {
      simulation.checks().contradicted(entry, conflict);
      deadLetter(conflict.kind().name(), this::done);
      return;
    }
    simulation.checks().acknowledged(entry, outcome, service.mapper());
    done();
  }

  @Override
  public void failed(SluiceException failure) {
    if (service.isDead()) {
      return;
    }
    end();
    simulation.trace(service, entry.source() + " " + entry.event() + " " + failure);
    if (failure instanceof SystemException system && system.errorCode().equals("RetiredShard")) {
      simulation.processes().stopped(service);
    } else if (failure instanceof SystemException) {
      simulation
          .checks()
          .require(simulation.scenario().mayEndUnknown(), entry.source() + " stopped the consumer");
      // Somebody starts it again, and it reads on from what is committed.
      service.later(500 + random.nextInt(2000), this::again);
    } else if (failure instanceof RetriableException) {
      simulation
          .checks()
          .require(simulation.scenario().mayEndUnknown(), entry.source() + " ended as unknown");
      service.later(500 + random.nextInt(2000), this::again);
    } else if (failure instanceof RejectedWriteException rejected) {
      simulation.checks().rejected(entry, rejected.partial());
      deadLetter("REJECTED", () -> release(rejected.partial(), this::done));
    } else {
      simulation.checks().fail("unexpected failure " + failure);
    }
  }

  private void again() {
    if (!isOwned()) {
      return;
    }
    if (!service.write(entry, new Delivery(service, assignment, entry))) {
      service.later(100, this::again);
    }
  }

  private void deadLetter(String reason, Runnable acknowledged) {
    service.later(
        10 + random.nextInt(500),
        () -> {
          if (isOwned() && !simulation.processes().dieHere(service)) {
            simulation.deadLetter(entry, reason, service.mapper());
            service.later(random.nextInt(100), acknowledged);
          }
        });
  }

  private void release(boolean partial, Runnable then) {
    if (partial) {
      then.run();
      return;
    }
    simulation.bill().released();
    service
        .release(entry)
        .whenComplete(
            (released, failure) -> {
              if (service.isDead() || simulation.processes().dieHere(service)) {
                return;
              }
              if (failure != null) {
                service.later(500, () -> release(false, then));
              } else {
                if (released) {
                  simulation.releases().released(entry.source());
                }
                then.run();
              }
            });
  }

  /** Otherwise it is another's now, who reads the record again. */
  private boolean isOwned() {
    return service.assignment(assignment.partition()) == assignment;
  }

  private void done() {
    assignment.done(entry.offset());
  }
}
