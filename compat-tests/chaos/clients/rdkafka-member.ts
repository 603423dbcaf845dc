/** A member of a classic group, of node-rdkafka. */
import { CommitCalls } from './commit-calls.ts'
import { RdkafkaReader, type Received } from './rdkafka-reader.ts'
import type { Stage } from './stage.ts'

/** Consumes all topics as a member of its group, and commits what it received. */
export async function playRdkafkaMember(stage: Stage): Promise<void> {
  const { group = '', commit } = stage.part
  const automatic = commit === 'automatic'
  const commits = new CommitCalls(stage.history, group, { inOrder: false, repeats: automatic })
  const reader = await RdkafkaReader.open(stage, {
    group,
    isolation: 'read_committed',
    member: true,
    settings: automatic ? { 'enable.auto.commit': true, 'auto.commit.interval.ms': 300 } : {},
    committed: (error, partition, offset) => commits.answer(partition, offset, error),
  })
  reader.consumer.subscribe(stage.topics.map(({ name }) => name))
  const next = new Map<string, Received>()
  let assignments = 0
  while (!stage.finishing) {
    const records = await reader.poll(stage.random.between(1, 500))
    // What was received before a rebalance may be another member's to commit.
    if (reader.assignmentCount !== assignments) next.clear()
    assignments = reader.assignmentCount
    for (const record of records) {
      next.set(`${record.topic}-${record.partition}`, record)
    }
    if (next.size === 0 || (!automatic && stage.random.fraction() < 0.5)) continue
    for (const [partition, { topic, partition: number, offset }] of next) {
      commits.begin(partition, offset + 1)
      const position = { topic, partition: number, offset: offset + 1 }
      try {
        if (automatic) reader.consumer.offsetsStore([position])
        else reader.consumer.commit([position])
      } catch (error) {
        // The partition isn't the member's any more, or the client has no coordinator at the moment.
        commits.withdraw(partition, error)
      }
    }
    next.clear()
  }
  await reader.close()
}
