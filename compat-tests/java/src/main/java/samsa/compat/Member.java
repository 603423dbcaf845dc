package samsa.compat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of a classic group, that stays one for as long as its coordinator takes it for one. */
final class Member implements AutoCloseable {
  private static final long DEADLINE_MS = 60_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private int read = 0;

  Member(String bootstrap, String group, String topic) {
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", bootstrap, "group.id", group, "enable.auto.commit", false,
        "auto.offset.reset", "earliest");
    consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(List.of(topic));
  }

  /** Reads until it has had `count` records in all, and commits; fails where a minute isn't enough. */
  void readTo(int count) {
    long deadlineMs = System.currentTimeMillis() + DEADLINE_MS;
    while (read < count) {
      if (System.currentTimeMillis() > deadlineMs) throw new IllegalStateException(read + " of " + count + " records came");
      read += consumer.poll(Duration.ofMillis(200)).count();
    }
    if (read > count) throw new IllegalStateException(read + " records came where there are " + count);
    consumer.commitSync();
  }

  /** Its id, and the generation that it is in. */
  String identity() {
    return consumer.groupMetadata().memberId() + ", generation " + consumer.groupMetadata().generationId();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
