/** The end of a run by kafkajs: a last record into every partition, and a read of all of them. */
import { once } from 'node:events'
import { quickConsumer } from '../../clients/kafkajs/member.ts'
import { allPartitions, closingValue, FinalRead } from './final-reader.ts'
import { openKafkajs } from './kafkajs-client.ts'
import { payloadOf, valueIn } from './payload.ts'
import type { Stage } from './stage.ts'

/** Sends the record that closes each partition. */
export async function playClosing(stage: Stage): Promise<void> {
  const kafka = await openKafkajs(stage)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const { topic, partition } of allPartitions(stage)) {
    const name = `${topic}-${partition}`
    const value = closingValue(name)
    const op = stage.history.invoke([{ do: 'send', partition: name, value, producer: stage.part.by }])
    const [answer] = await producer.send({ topic, acks: -1, messages: [{ partition, value: payloadOf(value, 0) }] })
    stage.history.complete(op, 'ok', { offset: Number(answer?.baseOffset) })
  }
  await producer.disconnect()
}

/** Reads all partitions, or until it is to finish; then it is noted as stuck. */
export async function playKafkajsFinal(stage: Stage): Promise<void> {
  // kafkajs takes the aborted transactions of an answer to be in the order of their beginnings, which they aren't: where two were open
  // at a time, it reads what was aborted.
  const readUncommitted = stage.topicsFor('values').length < stage.topics.length
  const read = new FinalRead(stage, 'kafkajs', readUncommitted ? 'read_uncommitted' : 'read_committed')
  if (read.complete) return
  const kafka = await openKafkajs(stage)
  const consumer = kafka.consumer({
    ...quickConsumer,
    readUncommitted,
    groupId: `${stage.topics[0]?.name}-${stage.part.by}`,
  })
  await consumer.connect()
  await consumer.subscribe({ topics: stage.topics.map(({ name }) => name), fromBeginning: true })
  const complete = new Promise<void>(resolve => {
    consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { topic, partition, messages } }) => {
        read.take(messages.map(({ offset, value }) => [`${topic}-${partition}`, Number(offset), valueIn(value)]))
        if (read.complete) resolve()
      },
    })
  })
  if (!stage.finishing) await Promise.race([complete, once(stage.finishSignal, 'abort')])
  if (!read.complete) stage.history.note({ do: 'stuck', what: read.missing })
  await consumer.disconnect()
}
