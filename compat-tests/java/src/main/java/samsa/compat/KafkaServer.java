package samsa.compat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;

/**
 * A real Kafka, one node for broker and controller, until a signal stops it. Formats its directory first where that is new:
 * in this process, since a JVM of its own would cost as long as the broker's start.
 */
public final class KafkaServer {
  private static final String CLUSTER_ID = "AAAAAAAAAAAAAAAAAAAAAA";

  private KafkaServer() {}

  /** Takes the path of a server.properties. */
  public static void main(String[] args) throws IOException {
    Properties properties = new Properties();
    try (InputStream file = Files.newInputStream(Path.of(args[0]))) {
      properties.load(file);
    }
    Path logDir = Path.of(properties.getProperty("log.dirs").split(",")[0]);
    if (!Files.exists(logDir.resolve("meta.properties"))) {
      int status = StorageTool.execute(new String[] {"format", "-t", CLUSTER_ID, "-c", args[0]}, System.out);
      if (status != 0) System.exit(status);
    }
    Kafka.main(new String[] {args[0]});
  }
}
