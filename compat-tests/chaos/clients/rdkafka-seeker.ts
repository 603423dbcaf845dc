/** A reader without a group, of node-rdkafka, that jumps about. */
import { called } from './rdkafka-call.ts'
import { RdkafkaReader } from './rdkafka-reader.ts'
import type { Stage } from './stage.ts'

/** Reads all partitions of all topics, sometimes from another offset on, and sometimes all of them anew. */
export async function playRdkafkaSeeker(stage: Stage): Promise<void> {
  const isolation = stage.random.pick(['read_committed', 'read_uncommitted'] as const)
  const reader = await RdkafkaReader.open(stage, { group: 'nobody', isolation, member: false })
  const seen = new Map<string, { readonly topic: string; readonly partition: number; readonly offset: number }>()
  const restart = (): void => {
    const partitions = stage.topics.flatMap(({ name, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
    )
    reader.assign(
      partitions.map(({ topic, partition }) => {
        const known = seen.get(`${topic}-${partition}`)?.offset ?? 0
        return { topic, partition, offset: stage.random.between(0, known + 1) }
      }),
    )
  }
  restart()
  while (!stage.finishing) {
    for (const record of await reader.poll(500)) seen.set(`${record.topic}-${record.partition}`, record)
    const chance = stage.random.fraction()
    if (chance < 0.005) restart()
    else if (chance < 0.05 && seen.size > 0) {
      const { topic, partition, offset } = stage.random.pick([...seen.values()])
      const target = { topic, partition, offset: stage.random.between(Math.max(0, offset - 2000), offset + 1) }
      stage.history.note({ do: 'sought', partition: `${topic}-${partition}`, offset: target.offset })
      try {
        await called(done => reader.consumer.seek(target, 10_000, error => done(error)))
      } catch (error) {
        // Where the reader is now nobody knows.
        stage.noteError(error)
        restart()
      }
    }
  }
  await reader.close()
}
