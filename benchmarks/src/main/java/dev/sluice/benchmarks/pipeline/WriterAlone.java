package dev.sluice.benchmarks.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.benchmarks.writer.ClientCpu;
import dev.sluice.benchmarks.writer.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The writer without Kafka beside the bare SDK making the same requests, by {@link ClientCpu} in a
 * JVM of its own.
 *
 * @param sdkMicros the bare SDK's CPU an event
 * @param sluiceMicros Sluice's
 * @param ratio of the two, round by round
 */
record WriterAlone(Spread sdkMicros, Spread sluiceMicros, Spread ratio) {
  static WriterAlone measure(boolean quick) throws IOException, InterruptedException {
    Path json = Files.createTempFile("client-cpu", ".json");
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xms1g", "-Xmx1g"));
      command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=error"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(ClientCpu.class.getName());
      command.addAll(List.of("--only", "sdk_create,sluice_create", "--json", json.toString()));
      command.addAll(quick ? List.of("--quick") : List.of("--warmup", "7", "--rounds", "9"));
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (process.waitFor() != 0) {
        throw new IOException("The writer alone could not be measured; its errors are above.");
      }
      JsonNode rows = JsonLines.JSON.readTree(json.toFile());
      JsonNode sluice = rows.get("sluice-create");
      return new WriterAlone(
          spread(rows.get("sdk-create").get("micros")),
          spread(sluice.get("micros")),
          spread(sluice.get("ratio")));
    } finally {
      Files.delete(json);
    }
  }

  private static Spread spread(JsonNode node) throws IOException {
    return JsonLines.JSON.treeToValue(node, Spread.class);
  }
}
