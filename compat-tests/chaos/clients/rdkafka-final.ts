/** The final reads by node-rdkafka, at both isolation levels. */
import type { Message } from 'node-rdkafka'
import rdkafka from 'node-rdkafka'
import type { Isolation } from '../history/event.ts'
import { allPartitions, FinalRead } from './final-reader.ts'
import { valueIn } from './payload.ts'
import { called, connected, consumerSettings, rdkafkaSettings } from './rdkafka-call.ts'
import type { Stage } from './stage.ts'

/** Reads all partitions, or until it is to finish; then it is noted as stuck. */
export async function playRdkafkaFinal(stage: Stage): Promise<void> {
  for (const isolation of ['read_uncommitted', 'read_committed'] as const) await readAll(stage, isolation)
}

async function readAll(stage: Stage, isolation: Isolation): Promise<void> {
  const read = new FinalRead(stage, 'node-rdkafka', isolation)
  const consumer = await connected(stage, () => {
    const settings = {
      ...rdkafkaSettings(stage.part),
      ...consumerSettings,
      'group.id': 'nobody',
      'isolation.level': isolation,
    }
    return new rdkafka.KafkaConsumer(settings, { 'auto.offset.reset': 'error' })
  })
  consumer.on('event.error', error => stage.noteError(error))
  consumer.setDefaultConsumeTimeout(200)
  consumer.assign(allPartitions(stage).map(each => ({ ...each, offset: 0 })))
  while (!read.complete && !stage.finishing) {
    const messages = await called<Message[]>(done => consumer.consume(500, done))
    read.take(messages.map(({ topic, partition, offset, value }) => [`${topic}-${partition}`, offset, valueIn(value)]))
  }
  if (!read.complete) stage.history.note({ do: 'stuck', what: read.missing })
  await called(done => consumer.disconnect(done))
}
