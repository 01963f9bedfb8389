package dev.sluice.benchmarks.writer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the measured rounds took, as a table. */
final class Report {
  private record Round(ThreadCpu cpu, long wallNanos, Map<String, Long> requests) {}

  private final int events;
  private final Map<Contender, List<Round>> rounds = new EnumMap<>(Contender.class);

  Report(int events) {
    this.events = events;
  }

  void add(Contender contender, ThreadCpu cpu, long wallNanos, Map<String, Long> requests) {
    rounds
        .computeIfAbsent(contender, none -> new ArrayList<>())
        .add(new Round(cpu, wallNanos, requests));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%nClient CPU per event; %d events a round, items of %d bytes, Java %s, %d processors%n",
            events,
            Event.ITEM_BYTES,
            Runtime.version(),
            Runtime.getRuntime().availableProcessors()));
    text.append(
        String.format(
            "%-28s %9s %18s %10s %22s  %s%n",
            "contender",
            "µs median",
            "least - most",
            "events/s",
            "ratio to its bare SDK",
            "requests a round"));
    rounds.forEach((contender, own) -> text.append(row(contender, own)));
    text.append(String.format("%nBy thread, µs per event (median round):%n"));
    rounds.forEach((contender, own) -> text.append(threads(contender, own)));
    return text.toString();
  }

  /** By contender: CPU an event and, beside a bare SDK, the ratio to that. */
  Map<String, Map<String, Spread>> figures() {
    Map<String, Map<String, Spread>> figures = new TreeMap<>();
    rounds.forEach(
        (contender, own) -> {
          Map<String, Spread> figuresOfOne = new TreeMap<>(Map.of("micros", cpu(own)));
          ratioTo(contender, own).ifPresent(ratio -> figuresOfOne.put("ratio", ratio));
          figures.put(contender.toString(), figuresOfOne);
        });
    return figures;
  }

  private Spread cpu(List<Round> own) {
    return Spread.of(own.stream().map(round -> micros(round.cpu().processNanos())).toList());
  }

  private String row(Contender contender, List<Round> own) {
    Spread cpu = cpu(own);
    Spread rate = Spread.of(own.stream().map(round -> events * 1e9 / round.wallNanos()).toList());
    return String.format(
        Locale.ROOT,
        "%-28s %9.1f %18s %10.0f %22s  %s%n",
        contender,
        cpu.median(),
        String.format(Locale.ROOT, "%.1f - %.1f", cpu.least(), cpu.most()),
        rate.median(),
        ratio(contender, own),
        own.get(own.size() / 2).requests());
  }

  private String ratio(Contender contender, List<Round> own) {
    return ratioTo(contender, own)
        .map(
            ratio ->
                String.format(
                    Locale.ROOT, "%.2f (%.2f - %.2f)", ratio.median(), ratio.least(), ratio.most()))
        .orElse("");
  }

  /** Round by round, since neighbours in time had the same machine. */
  private Optional<Spread> ratioTo(Contender contender, List<Round> own) {
    List<Round> baseline = contender.baseline() == null ? null : rounds.get(contender.baseline());
    if (baseline == null) {
      return Optional.empty();
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      ratios.add((double) own.get(i).cpu().processNanos() / baseline.get(i).cpu().processNanos());
    }
    return Optional.of(Spread.of(ratios));
  }

  private String threads(Contender contender, List<Round> own) {
    Map<String, List<Double>> byRole = new TreeMap<>();
    for (Round round : own) {
      round
          .cpu()
          .byRole()
          .forEach(
              (role, nanos) ->
                  byRole.computeIfAbsent(role, none -> new ArrayList<>()).add(micros(nanos)));
    }
    StringBuilder text = new StringBuilder().append(contender).append(System.lineSeparator());
    byRole.forEach(
        (role, micros) -> {
          double median = Spread.of(micros).median();
          if (median >= 0.05) {
            text.append(String.format(Locale.ROOT, "  %-40s %6.2f%n", role, median));
          }
        });
    return text.toString();
  }

  private double micros(long nanos) {
    return nanos / 1e3 / events;
  }
}
