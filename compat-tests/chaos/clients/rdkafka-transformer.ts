/** A loop that consumes, transforms and produces in transactions of node-rdkafka: one output for each input, exactly. */
import type { TopicPartitionOffset } from 'node-rdkafka'
import { RdkafkaReader, type Received } from './rdkafka-reader.ts'
import { RdkafkaTransactional, Spent } from './rdkafka-transactional.ts'
import { errorText, type Stage } from './stage.ts'

const maxRecords = 300

/**
 * Transforms as a member of its group until it is to finish. When a transaction fails it ends, and the next process of the same client
 * goes on from what is committed: nothing that this one remembers can be wrong then.
 */
export async function playRdkafkaTransformer(stage: Stage): Promise<void> {
  const { group = '' } = stage.part
  const reader = await RdkafkaReader.open(stage, { group, isolation: 'read_committed', member: true })
  try {
    const producer = await RdkafkaTransactional.open(stage)
    reader.consumer.subscribe(stage.topicsFor('values').map(({ name }) => name))
    while (!stage.finishing) {
      const records = await reader.poll(stage.random.between(1, maxRecords))
      if (records.length > 0) await transform(stage, reader, producer, records)
    }
    await producer.close()
  } catch (error) {
    if (!(error instanceof Spent)) throw error
    stage.noteError(error)
  }
  await reader.close()
}

async function transform(
  stage: Stage,
  reader: RdkafkaReader,
  producer: RdkafkaTransactional,
  records: readonly Received[],
): Promise<void> {
  const next = new Map<string, TopicPartitionOffset>()
  await producer.begin()
  try {
    for (const { topic, partition, offset, value } of records) {
      const output = stage.anyPartition('outputs')
      producer.send(output.topic, output.partition, { source: value })
      next.set(`${topic}-${partition}`, { topic, partition, offset: offset + 1 })
    }
    if (stage.random.fraction() < 0.1) await stage.pause(stage.random.between(0, 500))
    await producer.sendOffsets(stage.part.group ?? '', [...next.values()], reader)
  } catch (error) {
    stage.noteError(error)
    await producer.abort()
    throw new Spent(errorText(error), { cause: error })
  }
  if (stage.random.fraction() < 0.98) await producer.commit()
  else {
    await producer.abort()
    throw new Spent('aborted, to be consumed again')
  }
}
