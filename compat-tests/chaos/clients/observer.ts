/** Asks what groups have committed, as their members do when they start. */
import type { KafkaConsumer, TopicPartitionOffset } from 'node-rdkafka'
import { called } from './rdkafka-call.ts'
import { RdkafkaReader } from './rdkafka-reader.ts'
import { errorText, type Stage } from './stage.ts'

const askMs = 10_000

/** Asks for all partitions of all its groups, one group after the other. */
export async function playObserver(stage: Stage): Promise<void> {
  const readers = new Map<string, RdkafkaReader>()
  for (const group of stage.part.groups ?? []) {
    // At read_committed librdkafka asks for stable offsets: it waits for transactions that are being ended (KIP-447).
    readers.set(group, await RdkafkaReader.open(stage, { group, isolation: 'read_committed', member: false }))
  }
  while (!stage.finishing) {
    for (const [group, reader] of readers) await ask(stage, group, reader.consumer)
    await stage.pause(stage.random.between(200, 800))
  }
  await Promise.all([...readers.values()].map(reader => reader.close()))
}

async function ask(stage: Stage, group: string, consumer: KafkaConsumer): Promise<void> {
  const partitions = stage.topics.flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
  )
  const first = stage.history.invoke(
    partitions.map(({ topic, partition }) => ({ do: 'fetch-commit', group, partition: `${topic}-${partition}` })),
  )
  try {
    const found = await called<TopicPartitionOffset[]>(done => consumer.committed(partitions, askMs, done))
    for (const [index, { topic, partition }] of partitions.entries()) {
      const offset = found.find(each => each.topic === topic && each.partition === partition)?.offset
      stage.history.complete(first + index, 'ok', { offset: offset ?? -1 })
    }
  } catch (error) {
    for (const index of partitions.keys()) stage.history.complete(first + index, 'info', { error: errorText(error) })
  }
}
