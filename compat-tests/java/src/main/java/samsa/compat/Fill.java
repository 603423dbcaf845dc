package samsa.compat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * Puts into a broker one of each kind of thing that a log can hold, and then goes on when it is told to.
 *
 * Takes `host:port` and the `segment.bytes` of the topics that get many segments. Tells `{"filled": true}` when all is there. To the line
 * that comes then it appends with the producers that it has had all along, idempotent and transactional, reads on as the member of a group that
 * it has been all along, takes over the transactional id of a producer that is gone, and tells `{"continued": true}`: ids, epochs, sequences and
 * generations go on, whoever the broker is by then. `member` says which member of which generation it is.
 */
public final class Fill {
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

  private Fill() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    String bootstrap = args[0];
    String segmentBytes = args[1];
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        Writer idempotent = new Writer(bootstrap, Map.of("enable.idempotence", true));
        Writer transactional = new Writer(bootstrap, Map.of("transactional.id", "fill"))) {
      makeTopics(admin, segmentBytes);
      for (String codec : CODECS) {
        try (Writer writer = new Writer(bootstrap, Map.of("enable.idempotence", false, "compression.type", codec))) {
          writer.write("codec-" + codec, 0, 300);
        }
      }
      try (Writer plain = new Writer(bootstrap, Map.of("enable.idempotence", false))) {
        for (int partition = 0; partition < 3; partition++) plain.write("plain", partition, 100 + partition);
        plain.write("append-time", 0, 50);
        plain.write("doomed", 0, 10);
        plain.writeBig("segments", 0, 400, 10_000);
        plain.writeKeys("compacted", 0, 40, 25);
      }
      // Others than those that go on: what is trimmed of a log leaves a snapshot of its producers.
      try (Writer trimmed = new Writer(bootstrap, Map.of("enable.idempotence", true))) {
        trimmed.write("emptied", 0, 40);
        trimmed.write("trimmed", 0, 90);
      }
      idempotent.write("idempotent", 0, 120);
      idempotent.write("idempotent", 1, 60);
      transactions(transactional, bootstrap);
      trim(admin, "trimmed", 57);
      trim(admin, "emptied", 40);
      admin.deleteTopics(List.of("doomed")).all().get();
      Commits.make(bootstrap, admin);
      try (Member member = new Member(bootstrap, "steady", "idempotent")) {
        member.readTo(180);
        Lines.tell(Map.of("filled", true, "member", member.identity()));
        goOn(bootstrap, idempotent, transactional, member);
      }
    }
  }

  private static void goOn(String bootstrap, Writer idempotent, Writer transactional, Member member) throws Exception {
    while (Lines.ask() != null) {
      idempotent.write("idempotent", 0, 30);
      member.readTo(210);
      transactional.begin();
      transactional.write("transactions", 0, 7);
      transactional.commit();
      try (Writer heir = new Writer(bootstrap, Map.of("transactional.id", "fill-lost"))) {
        heir.begin();
        heir.write("open-transaction", 0, 2);
        heir.commit();
      }
      Lines.tell(Map.of("continued", true, "member", member.identity()));
    }
  }

  private static void makeTopics(Admin admin, String segmentBytes) throws Exception {
    Map<String, String> none = Map.of();
    List<NewTopic> topics = new ArrayList<>();
    for (String codec : CODECS) topics.add(topic("codec-" + codec, 1, none));
    topics.add(topic("plain", 3, Map.of("retention.ms", "86400000", "max.message.bytes", "2000000")));
    topics.add(topic("append-time", 1, Map.of("message.timestamp.type", "LogAppendTime")));
    topics.add(topic("emptied", 1, none));
    topics.add(topic("never-written", 2, none));
    topics.add(topic("trimmed", 1, none));
    topics.add(topic("doomed", 1, none));
    topics.add(topic("segments", 1, Map.of("segment.bytes", segmentBytes, "index.interval.bytes", "512")));
    topics.add(topic("compacted", 1, Map.of(
        "cleanup.policy", "compact", "segment.bytes", segmentBytes, "min.cleanable.dirty.ratio", "0.01",
        "delete.retention.ms", "0")));
    topics.add(topic("idempotent", 2, none));
    topics.add(topic("transactions", 1, none));
    topics.add(topic("open-transaction", 1, none));
    admin.createTopics(topics).all().get();
  }

  private static NewTopic topic(String name, int partitions, Map<String, String> configs) {
    return new NewTopic(name, partitions, (short) 1).configs(configs);
  }

  /** Committed, aborted, one of each that overlap, and one that is left open by a producer that is gone. */
  private static void transactions(Writer writer, String bootstrap) throws Exception {
    for (int round = 0; round < 3; round++) {
      writer.begin();
      writer.write("transactions", 0, 10 + round);
      if (round == 1) writer.abort();
      else writer.commit();
    }
    try (Writer other = new Writer(bootstrap, Map.of("transactional.id", "fill-overlapping"))) {
      writer.begin();
      writer.write("transactions", 0, 4);
      other.begin();
      other.write("transactions", 0, 5);
      writer.commit();
      other.write("transactions", 0, 2);
      other.abort();
    }
    Writer lost = new Writer(bootstrap, Map.of("transactional.id", "fill-lost", "transaction.timeout.ms", 600_000));
    lost.begin();
    lost.write("open-transaction", 0, 3);
    lost.vanish();
  }

  private static void trim(Admin admin, String topic, long before) throws Exception {
    admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before))).all().get();
  }
}
