package dev.sluice.benchmarks.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What processes say to each other: an object a line, as JSON, over standard input and output. */
final class JsonLines {
  static final ObjectMapper JSON = new ObjectMapper();

  private JsonLines() {}

  /** Answers one question. */
  interface Answer<Q, A> {
    A to(Q question) throws Exception;
  }

  /**
   * Says hello, then answers until standard input ends. What the process prints otherwise goes to
   * standard error.
   */
  static <Q, A> void serve(Object hello, Class<Q> question, Answer<Q, A> answer) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    out.println(JSON.writeValueAsString(hello));
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println(JSON.writeValueAsString(answer.to(JSON.readValue(line, question))));
      }
    }
  }

  static <T> T read(BufferedReader in, Class<T> type) throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new IOException("The process ended before it answered; its errors are above.");
    }
    return JSON.readValue(line, type);
  }
}
