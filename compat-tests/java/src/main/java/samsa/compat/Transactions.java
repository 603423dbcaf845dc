package samsa.compat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Transactions of the Java client at one level of `transaction.version`. Takes `host:port` and the level, and tells one line of what came of it.
 *
 * Every second of the transactions that fill a topic is aborted. What is committed is moved to another topic with its offsets, and every third
 * of those transactions is aborted and done again. Then a producer is fenced, and a transaction that hangs is aborted as the tools do it.
 */
public final class Transactions {
  private static final int TRANSACTIONS = 30;
  private static final int RECORDS = 10;

  private final String bootstrap;
  private final String level;
  private final Map<String, Object> told = new HashMap<>();

  private Transactions(String bootstrap, String level) {
    this.bootstrap = bootstrap;
    this.level = level;
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Transactions transactions = new Transactions(args[0], args[1]);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
      transactions.agree(admin, Short.parseShort(args[1]));
      transactions.fill();
      transactions.move();
      transactions.read();
      transactions.fence();
      transactions.abortHanging(admin);
    }
    Lines.tell(transactions.told);
  }

  private void agree(Admin admin, short wanted) throws Exception {
    FeatureUpdate update = new FeatureUpdate(wanted, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
    var agreed = admin.describeFeatures().featureMetadata().get().finalizedFeatures().get("transaction.version");
    if (agreed == null || agreed.maxVersionLevel() != wanted) {
      admin.updateFeatures(Map.of("transaction.version", update), new UpdateFeaturesOptions()).all().get();
    }
    admin.createTopics(List.of(topic("in"), topic("out"), topic("fenced"))).all().get();
  }

  private void fill() {
    try (KafkaProducer<String, String> producer = producer("fill")) {
      producer.initTransactions();
      for (int transaction = 0; transaction < TRANSACTIONS; transaction++) {
        producer.beginTransaction();
        for (int record = 0; record < RECORDS; record++) {
          producer.send(new ProducerRecord<>(name("in"), record % 2, null, transaction + "-" + record));
        }
        if (transaction % 2 == 1) producer.abortTransaction();
        else producer.commitTransaction();
      }
    }
  }

  private void move() {
    int moved = 0;
    try (KafkaProducer<String, String> producer = producer("move");
        KafkaConsumer<String, String> consumer = consumer(name("movers"), 7)) {
      producer.initTransactions();
      consumer.subscribe(List.of(name("in")));
      for (int transaction = 0; moved < TRANSACTIONS / 2 * RECORDS; transaction++) {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(5));
        producer.beginTransaction();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
          producer.send(new ProducerRecord<>(name("out"), record.partition(), null, record.value()));
          offsets.put(partition("in", record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        if (transaction % 3 == 2) {
          producer.abortTransaction();
          goBack(consumer);
        } else {
          producer.commitTransaction();
          moved += records.count();
        }
      }
    }
    told.put("moved", moved);
  }

  /** What was aborted is read again, from the offsets that are committed. */
  private static void goBack(KafkaConsumer<String, String> consumer) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(consumer.assignment());
    for (TopicPartition partition : consumer.assignment()) {
      OffsetAndMetadata offset = committed.get(partition);
      if (offset == null) consumer.seekToBeginning(List.of(partition));
      else consumer.seek(partition, offset.offset());
    }
  }

  private void read() {
    Set<String> distinct = new HashSet<>();
    int read = 0;
    try (KafkaConsumer<String, String> consumer = consumer(name("readers"), 500)) {
      consumer.assign(List.of(partition("out", 0), partition("out", 1)));
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
          read++;
          distinct.add(record.value());
        }
      }
    }
    told.put("read", read);
    told.put("distinct", distinct.size());
    told.put("aborted", distinct.stream().filter(value -> Integer.parseInt(value.split("-")[0]) % 2 == 1).count());
  }

  private void fence() throws Exception {
    KafkaProducer<String, String> zombie = producer("fenced");
    zombie.initTransactions();
    zombie.beginTransaction();
    zombie.send(new ProducerRecord<>(name("fenced"), 0, null, "zombie")).get();
    try (KafkaProducer<String, String> heir = producer("fenced")) {
      heir.initTransactions();
      heir.beginTransaction();
      heir.send(new ProducerRecord<>(name("fenced"), 0, null, "heir")).get();
      try {
        zombie.commitTransaction();
        told.put("zombie", "committed");
      } catch (Exception error) {
        told.put("zombie", error.getClass().getSimpleName());
      }
      heir.commitTransaction();
    }
    zombie.close(Duration.ZERO);
  }

  private void abortHanging(Admin admin) throws Exception {
    TopicPartition partition = partition("fenced", 1);
    KafkaProducer<String, String> hanging = producer("hanging");
    hanging.initTransactions();
    hanging.beginTransaction();
    hanging.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, "hanging")).get();
    told.put("stableWhileHanging", stable(admin, partition));
    ProducerState state = admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers().get(0);
    int coordinatorEpoch = state.coordinatorEpoch().orElse(0);
    admin
        .abortTransaction(
            new AbortTransactionSpec(partition, state.producerId(), (short) state.producerEpoch(), coordinatorEpoch))
        .all()
        .get();
    told.put("stableAfterAbort", stable(admin, partition));
    hanging.close(Duration.ZERO);
  }

  private static long stable(Admin admin, TopicPartition partition) throws Exception {
    ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    return admin.listOffsets(Map.of(partition, OffsetSpec.latest()), committed).partitionResult(partition).get().offset();
  }

  private KafkaProducer<String, String> producer(String transactionalId) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "transactional.id", name(transactionalId));
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private KafkaConsumer<String, String> consumer(String group, int records) {
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", bootstrap, "group.id", group, "enable.auto.commit", false, "max.poll.records", records,
        "auto.offset.reset", "earliest", "isolation.level", "read_committed");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private NewTopic topic(String base) {
    return new NewTopic(name(base), 2, (short) 1);
  }

  private TopicPartition partition(String base, int partition) {
    return new TopicPartition(name(base), partition);
  }

  private String name(String base) {
    return base + "-" + level;
  }
}
