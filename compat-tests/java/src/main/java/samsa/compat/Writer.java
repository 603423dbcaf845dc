package samsa.compat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer that writes records which can be told apart, of every shape: keys, headers, nulls, timestamps out of order. */
final class Writer implements AutoCloseable {
  private static final long FIRST_TIMESTAMP_MS = System.currentTimeMillis() - 3_600_000;

  private final KafkaProducer<byte[], byte[]> producer;
  private final boolean transactional;
  private boolean initialised = false;
  private int written = 0;

  Writer(String bootstrap, Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", bootstrap);
    all.put("linger.ms", 5);
    // Several batches for some hundred records.
    all.put("batch.size", 2_000);
    transactional = all.containsKey("transactional.id");
    producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Writes `count` records and returns when they are acknowledged. */
  void write(String topic, int partition, int count) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int index = 0; index < count; index++) records.add(sample(topic, partition, index));
    send(records);
  }

  /** Records of `bytes` each. */
  void writeBig(String topic, int partition, int count, int bytes) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      String value = topic + "-" + index + "-" + "x".repeat(bytes);
      records.add(new ProducerRecord<>(topic, partition, timestamp(index), bytes("k" + index), bytes(value)));
    }
    send(records);
  }

  /** For a compacted topic: `rounds` times a new value for each of `keys`, of 4 kB; the last round removes each third key. */
  void writeKeys(String topic, int partition, int keys, int rounds) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int key = 0; key < keys; key++) {
        boolean removed = round == rounds - 1 && key % 3 == 0;
        byte[] value = removed ? null : bytes("round " + round + " of " + key + " " + "y".repeat(4_000));
        records.add(new ProducerRecord<>(topic, partition, timestamp(round), bytes("key-" + key), value));
      }
    }
    send(records);
  }

  void begin() {
    if (transactional && !initialised) producer.initTransactions();
    initialised = true;
    producer.beginTransaction();
  }

  void commit() {
    producer.commitTransaction();
  }

  void abort() {
    producer.abortTransaction();
  }

  /** Is gone without a word, its transaction open. */
  void vanish() {
    producer.close(Duration.ZERO);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(10));
  }

  private void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) acknowledgements.add(producer.send(record));
    producer.flush();
    for (Future<RecordMetadata> acknowledgement : acknowledgements) acknowledgement.get();
    written += records.size();
  }

  private ProducerRecord<byte[], byte[]> sample(String topic, int partition, int index) {
    RecordHeaders headers = new RecordHeaders();
    if (index % 5 == 0) headers.add("trace", bytes("t" + index));
    if (index % 10 == 0) headers.add("empty", null);
    byte[] key = index % 7 == 3 ? null : bytes("key-" + index % 11);
    byte[] value = index % 9 == 4 ? null : bytes("value " + (written + index) + " of " + topic + "-" + partition);
    return new ProducerRecord<>(topic, partition, timestamp(index), key, value, headers);
  }

  /** Each tenth is earlier than the one before. */
  private static long timestamp(int index) {
    return FIRST_TIMESTAMP_MS + index * 10L - (index % 10 == 9 ? 55 : 0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
