/** An idempotent producer of kafkajs, one request in flight. */
import kafkajs, { type Kafka, type Message } from 'kafkajs'
import { compressionTypes } from '../../clients/kafkajs/codecs.ts'
import { openKafkajs } from './kafkajs-client.ts'
import { payloadOf } from './payload.ts'
import { errorText, type Stage } from './stage.ts'

// node-rdkafka reads these wherever it was compiled.
const codecs = (['none', 'gzip', 'snappy', 'lz4'] as const).map(codec => compressionTypes[codec])

/**
 * Sends records to all partitions until it is to finish. After a send that failed it goes on as another producer: kafkajs would give
 * the sequence numbers of records that may have been stored to other records.
 */
export async function playKafkajsProducer(stage: Stage): Promise<void> {
  const kafka = await openKafkajs(stage)
  for (let instance = 1; !stage.finishing; instance++) await produce(stage, kafka, `${stage.part.by}/${instance}`)
}

interface Outgoing {
  readonly op: number
  readonly topic: string
  readonly message: Message & { readonly partition: number }
}

async function produce(stage: Stage, kafka: Kafka, name: string): Promise<void> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    metadataMaxAge: 2000,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  let number = 0
  try {
    await producer.connect()
    while (!stage.finishing) {
      const outgoing = Array.from({ length: stage.random.between(1, 20) }, () => next(stage, name, number++))
      const topics = [...new Set(outgoing.map(({ topic }) => topic))]
      try {
        const answers = await producer.sendBatch({
          acks: -1,
          compression: stage.random.pick(codecs),
          topicMessages: topics.map(topic => ({
            topic,
            messages: outgoing.filter(each => each.topic === topic).map(({ message }) => message),
          })),
        })
        const offsets = new Map(
          answers.map(({ topicName, partition, baseOffset }) => [`${topicName}-${partition}`, Number(baseOffset)]),
        )
        for (const { op, topic, message } of outgoing) {
          const partition = `${topic}-${message.partition}`
          const offset = offsets.get(partition)
          if (offset === undefined) {
            // kafkajs drops records for a partition that it doesn't know yet.
            stage.history.complete(op, 'info', { error: 'no answer' })
            continue
          }
          offsets.set(partition, offset + 1)
          stage.history.complete(op, 'ok', { offset })
          stage.count('acked')
        }
      } catch (error) {
        for (const { op } of outgoing) stage.history.complete(op, 'info', { error: errorText(error) })
        throw error
      }
      await stage.rest(10, 80)
    }
  } catch (error) {
    stage.noteError(error)
  }
  await producer.disconnect().catch(error => stage.noteError(error))
}

function next(stage: Stage, name: string, number: number): Outgoing {
  const { topic, partition } = stage.anyPartition()
  const value = `${name}/${number}`
  const op = stage.history.invoke([{ do: 'send', partition: `${topic}-${partition}`, value, producer: name }])
  stage.count('sent')
  const payload = payloadOf(value, stage.random.between(10, 500))
  return { op, topic, message: { partition, key: `key-${stage.random.between(0, 20)}`, value: payload } }
}
