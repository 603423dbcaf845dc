/** An idempotent producer of node-rdkafka, with several batches in flight. */
import rdkafka, { type LibrdKafkaError, type Producer } from 'node-rdkafka'
import { payloadOf } from './payload.ts'
import { called, connected, rdkafkaSettings } from './rdkafka-call.ts'
import { errorText, type Stage } from './stage.ts'

/** The producer waits while more records than this have no answer. */
const maxUnanswered = 2000
const flushMs = 60_000

/** Sends records to all partitions until it is to finish; after a fatal error it goes on as another producer. */
export async function playRdkafkaProducer(stage: Stage): Promise<void> {
  for (let instance = 1; !stage.finishing; instance++) await produce(stage, `${stage.part.by}/${instance}`)
}

async function produce(stage: Stage, name: string): Promise<void> {
  const { random, history } = stage
  const producer = await connected(stage, () => makeProducer(stage))
  let unanswered = 0
  let fatal = false
  producer.on('event.error', error => {
    stage.noteError(error)
    fatal ||= error.code === rdkafka.CODES.ERRORS.ERR__FATAL || error.isFatal === true
  })
  producer.on('delivery-report', (error, { opaque, offset }) => {
    unanswered--
    if (error) history.complete(opaque as number, 'info', { error: errorText(error) })
    else {
      stage.count('acked')
      // librdkafka doesn't know the offset of a record that was stored by a try whose answer it missed.
      history.complete(opaque as number, 'ok', offset >= 0 ? { offset } : {})
    }
  })
  producer.setPollInterval(10)
  for (let number = 0; !stage.finishing && !fatal; ) {
    for (const end = number + random.between(1, 30); number < end && unanswered < maxUnanswered; number++) {
      const { topic, partition } = stage.anyPartition()
      const value = `${name}/${number}`
      const op = history.invoke([{ do: 'send', partition: `${topic}-${partition}`, value, producer: name }])
      stage.count('sent')
      try {
        const size = random.fraction() < 0.02 ? 20_000 : random.between(10, 500)
        producer.produce(topic, partition, payloadOf(value, size), `key-${random.between(0, 20)}`, null, op)
        unanswered++
      } catch (error) {
        // The queue is full, or the partition isn't known yet: librdkafka never had it.
        history.complete(op, 'fail', { error: errorText(error) })
      }
    }
    await stage.rest(20, 100)
  }
  await called(done => producer.flush(flushMs, done)).catch((error: LibrdKafkaError) => stage.noteError(error))
  await called(done => producer.disconnect(done))
}

function makeProducer(stage: Stage): Producer {
  return new rdkafka.Producer(
    {
      ...rdkafkaSettings(stage.part),
      'enable.idempotence': true,
      'compression.codec': stage.random.pick(['none', 'gzip', 'lz4']),
      'linger.ms': 5,
      'batch.num.messages': 20,
      dr_cb: true,
    },
    // Never: when a record runs out of time librdkafka raises its epoch and sends again what else had no answer, stored or not.
    { 'request.required.acks': -1, 'message.timeout.ms': 0 },
  )
}
