package samsa.compat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Tells all that a client can see of what a broker at `host:port` keeps, a line each, in the same order for the same content: topics with
 * their ids and settings, partitions with their bounds, every record, at both isolation levels, and the groups' committed offsets.
 */
public final class Inventory {
  private static final int LONG = 100;

  private Inventory() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    String bootstrap = args[0];
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      TreeMap<String, TopicDescription> topics =
          new TreeMap<>(admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get());
      List<TopicPartition> places = new ArrayList<>();
      for (TopicDescription topic : topics.values()) {
        tellTopic(admin, topic);
        for (var partition : topic.partitions()) places.add(new TopicPartition(topic.name(), partition.partition()));
      }
      for (TopicPartition place : places) tellBounds(admin, place);
      tellRecords(bootstrap, places, "read_uncommitted", true);
      tellRecords(bootstrap, places, "read_committed", false);
      tellOffsets(admin);
    }
  }

  private static void tellTopic(Admin admin, TopicDescription topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    TreeMap<String, String> own = new TreeMap<>();
    for (ConfigEntry entry : config.entries()) {
      if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) own.put(entry.name(), entry.value());
    }
    tell("topic", "name", topic.name(), "id", topic.topicId().toString(), "partitions", topic.partitions().size(),
        "configs", own);
  }

  private static void tellBounds(Admin admin, TopicPartition place) throws Exception {
    long earliest = offset(admin, place, OffsetSpec.earliest());
    long maxTimestamp = offset(admin, place, OffsetSpec.maxTimestamp());
    // Kafka may name a record that is below the start and can't be read.
    tell("partition", "topic", place.topic(), "partition", place.partition(), "earliest", earliest,
        "latest", offset(admin, place, OffsetSpec.latest()), "maxTimestamp", maxTimestamp < earliest ? -1 : maxTimestamp);
  }

  private static long offset(Admin admin, TopicPartition place, OffsetSpec spec) throws Exception {
    return admin.listOffsets(Map.of(place, spec)).partitionResult(place).get().offset();
  }

  private static void tellRecords(String bootstrap, List<TopicPartition> places, String isolation, boolean whole)
      throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "isolation.level", isolation);
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> read = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(places);
      consumer.seekToBeginning(places);
      Map<TopicPartition, Long> ends = consumer.endOffsets(places);
      Set<TopicPartition> left = new HashSet<>(places);
      while (!left.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          read.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), none -> new ArrayList<>()).add(record);
        }
        left.removeIf(place -> consumer.position(place) >= ends.get(place));
      }
      for (TopicPartition place : places) {
        List<ConsumerRecord<byte[], byte[]>> records = read.getOrDefault(place, List.of());
        tell("read", "topic", place.topic(), "partition", place.partition(), "isolation", isolation,
            "end", ends.get(place), "offsets", records.stream().map(ConsumerRecord::offset).toList());
        if (whole) for (ConsumerRecord<byte[], byte[]> record : records) tellRecord(record);
      }
    }
  }

  private static void tellRecord(ConsumerRecord<byte[], byte[]> record) throws Exception {
    List<List<String>> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      List<String> pair = new ArrayList<>(List.of(header.key()));
      pair.add(text(header.value()));
      headers.add(pair);
    }
    tell("record", "topic", record.topic(), "partition", record.partition(), "offset", record.offset(),
        "timestamp", record.timestamp(), "timestampType", record.timestampType().toString(),
        "leaderEpoch", record.leaderEpoch().orElse(-1), "key", text(record.key()), "value", text(record.value()),
        "headers", headers);
  }

  private static void tellOffsets(Admin admin) throws Exception {
    TreeSet<String> groups = new TreeSet<>();
    for (GroupListing group : admin.listGroups().all().get()) groups.add(group.groupId());
    for (String group : groups) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      TreeMap<String, List<Object>> told = new TreeMap<>();
      offsets.forEach((place, offset) -> told.put(place.toString(), List.of(offset.offset(), offset.metadata())));
      tell("group", "group", group, "offsets", told);
    }
  }

  /** Long ones by their beginning, length and hash. */
  private static String text(byte[] bytes) {
    if (bytes == null) return null;
    if (bytes.length <= LONG) return new String(bytes, StandardCharsets.UTF_8);
    String beginning = new String(bytes, 0, LONG / 2, StandardCharsets.UTF_8);
    return beginning + "... " + bytes.length + " bytes, hash " + Arrays.hashCode(bytes);
  }

  private static void tell(String kind, Object... fields) throws Exception {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("kind", kind);
    for (int index = 0; index < fields.length; index += 2) line.put((String) fields[index], fields[index + 1]);
    Lines.tell(line);
  }
}
