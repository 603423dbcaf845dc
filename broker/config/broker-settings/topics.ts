import { bool, int } from '../setting.ts'

/** Creation and deletion of topics. */
export const topicsSettings = {
  'auto.create.topics.enable': bool(true, {
    doc: "Whether Metadata creates a topic that a client asks for and that isn't there.",
  }),
  'default.replication.factor': int(1, { doc: 'Replication factor of a topic created without one.' }),
  'delete.topic.enable': bool(true, { doc: 'Whether DeleteTopics deletes.' }),
  'num.partitions': int(1, { doc: 'Partitions of a topic created without a number.', min: 1 }),
}
