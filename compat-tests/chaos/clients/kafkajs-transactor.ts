/** Transfers between accounts in transactions of kafkajs. */
import kafkajs, { type Transaction } from 'kafkajs'
import { openKafkajs } from './kafkajs-client.ts'
import { payloadOf } from './payload.ts'
import { errorText, type Stage } from './stage.ts'
import { transfersOf } from './transfers.ts'

const transactionTimeoutMs = 10_000

/**
 * Transfers until it is to finish. When a transaction fails it ends, and another process takes its place: kafkajs has no way to ask
 * again what became of a commit.
 */
export async function playKafkajsTransactor(stage: Stage): Promise<void> {
  const { transactionalId = '', by } = stage.part
  const { history } = stage
  const kafka = await openKafkajs(stage)
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: transactionTimeoutMs,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  try {
    await producer.connect()
    // kafkajs takes over its transactional id when it begins the first transaction.
    const init = history.invoke([{ do: 'init', transactionalId, producer: by }])
    let transaction = await completed(stage, init, producer.transaction())
    for (let number = 1; ; number++) {
      await transfer(stage, transaction, `${by}-${number}`)
      await stage.rest(0, 100)
      if (stage.finishing) break
      transaction = await producer.transaction()
    }
  } catch (error) {
    stage.noteError(error)
  }
  await producer.disconnect()
}

async function transfer(stage: Stage, transaction: Transaction, name: string): Promise<void> {
  const { transactionalId = '', by } = stage.part
  const { random, history } = stage
  history.note({ do: 'begin', transaction: name, transactionalId, producer: by })
  try {
    await sendBookings(stage, transaction, name)
  } catch (error) {
    await completed(stage, history.invoke([{ do: 'end', transaction: name, commit: false }]), transaction.abort())
    throw error
  }
  if (random.fraction() < 0.3) await stage.pause(random.between(0, 1000))
  const commit = random.fraction() < 0.75
  const op = history.invoke([{ do: 'end', transaction: name, commit }])
  await completed(stage, op, commit ? transaction.commit() : transaction.abort())
}

async function sendBookings(stage: Stage, transaction: Transaction, name: string): Promise<void> {
  const { random, history } = stage
  let number = 0
  for (const { topic, partition, amount } of transfersOf(stage)) {
    const value = `${name}/${number++}`
    const place = `${topic}-${partition}`
    const call = { do: 'send' as const, partition: place, value, producer: stage.part.by, transaction: name, amount }
    const op = history.invoke([call])
    stage.count('sent')
    const payload = payloadOf(value, random.between(10, 300))
    const sending = transaction.send({ topic, acks: -1, messages: [{ partition, value: payload }] })
    const [answer] = await sending.catch(error => {
      history.complete(op, 'info', { error: errorText(error) })
      throw error
    })
    // kafkajs drops records for a partition that it doesn't know yet.
    if (answer === undefined) {
      history.complete(op, 'fail', { error: 'not sent' })
      throw new Error(`${place} is not known yet`)
    }
    history.complete(op, 'ok', { offset: Number(answer.baseOffset) })
    stage.count('acked')
  }
}

/** Completes `op` as the call ends, and ends as that does. */
async function completed<T>(stage: Stage, op: number, call: Promise<T>): Promise<T> {
  try {
    const value = await call
    stage.history.complete(op, 'ok')
    return value
  } catch (error) {
    stage.history.complete(op, 'info', { error: errorText(error) })
    throw error
  }
}
