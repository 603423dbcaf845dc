package samsa.compat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** How a main talks with the runner that started it: one JSON object a line, out on standard output, in on standard input. */
public final class Lines {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final BufferedReader IN =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private Lines() {}

  /** Tells the runner; the line is out when this returns. */
  public static void tell(Object line) throws JsonProcessingException {
    OUT.println(JSON.writeValueAsString(line));
  }

  /** The runner's next line; null when it says no more. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> ask() throws IOException {
    String line = IN.readLine();
    return line == null ? null : JSON.readValue(line, Map.class);
  }
}
