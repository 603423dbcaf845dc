package samsa.compat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Groups with committed offsets: of a member that read, of an administrator, of a consumer without a group's protocol. */
final class Commits {
  private Commits() {}

  static void make(String bootstrap, Admin admin) throws Exception {
    byMember(bootstrap);
    Map<TopicPartition, OffsetAndMetadata> set = new HashMap<>();
    for (int partition = 0; partition < 3; partition++) {
      set.put(new TopicPartition("plain", partition), new OffsetAndMetadata(10 + partition, "set by hand"));
    }
    admin.alterConsumerGroupOffsets("by-admin", set).all().get();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrap, "alone")) {
      TopicPartition partition = new TopicPartition("segments", 0);
      consumer.assign(List.of(partition));
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(77)));
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(78, "again")));
    }
  }

  private static void byMember(String bootstrap) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrap, "by-member")) {
      consumer.subscribe(List.of("plain"));
      int read = 0;
      while (read < 303) read += consumer.poll(Duration.ofSeconds(5)).count();
      consumer.commitSync();
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String group) {
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", bootstrap, "group.id", group, "enable.auto.commit", false,
        "auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
