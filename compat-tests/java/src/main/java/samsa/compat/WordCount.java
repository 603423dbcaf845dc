package samsa.compat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Counts words with Kafka Streams, exactly once: repartitioned by word, counted in a state store with its changelog, every new count sent on.
 *
 * Takes `host:port`, the application's id, a directory for its state, and the topics of the lines and of the counts. Tells
 * `{"running": true}` when it is; ends when the runner says no more.
 */
public final class WordCount {
  private WordCount() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    KafkaStreams streams = new KafkaStreams(topology(args[3], args[4]).build(), settings(args[0], args[1], args[2]));
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.RUNNING) tell(Map.of("running", true));
      if (now == KafkaStreams.State.ERROR) System.exit(1);
    });
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse
          .REPLACE_THREAD;
    });
    streams.start();
    while (Lines.ask() != null) {
      // Nothing is said to it but that there is no more.
    }
    if (!streams.close(Duration.ofSeconds(20))) System.exit(1);
  }

  private static StreamsBuilder topology(String lines, String counts) {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, String> words =
        builder.<String, String>stream(lines).flatMapValues(line -> Arrays.asList(line.split(" ")));
    words
        .groupBy((key, word) -> word, Grouped.with(Serdes.String(), Serdes.String()))
        .count(Materialized.as("counts"))
        .toStream()
        .mapValues(count -> Long.toString(count))
        .to(counts, Produced.with(Serdes.String(), Serdes.String()));
    return builder;
  }

  private static Properties settings(String bootstrap, String application, String directory) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.String().getClass());
    settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.String().getClass());
    // So that every word is one new count in the output.
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    // A static member takes its own place when it comes back.
    settings.put(StreamsConfig.mainConsumerPrefix("group.instance.id"), application);
    return settings;
  }

  private static void tell(Object line) {
    try {
      Lines.tell(line);
    } catch (Exception error) {
      throw new IllegalStateException(error);
    }
  }
}
