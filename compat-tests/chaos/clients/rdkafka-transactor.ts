/** Transfers between accounts in transactions of node-rdkafka: some are committed, some aborted. */
import { RdkafkaTransactional, Spent } from './rdkafka-transactional.ts'
import type { Stage } from './stage.ts'
import { transfersOf } from './transfers.ts'

/** Transfers until it is to finish, or its producer is spent; then another process takes its place. */
export async function playRdkafkaTransactor(stage: Stage): Promise<void> {
  const { random } = stage
  try {
    const producer = await RdkafkaTransactional.open(stage)
    while (!stage.finishing) {
      await producer.begin()
      const complete = sendBookings(stage, producer)
      if (random.fraction() < 0.3) await stage.pause(random.between(0, 1000))
      if (complete && random.fraction() < 0.75) await producer.commit()
      else await producer.abort()
      await stage.rest(0, 100)
    }
    await producer.close()
  } catch (error) {
    if (!(error instanceof Spent)) throw error
    stage.noteError(error)
  }
}

/** Sends the records of one transaction; false where librdkafka refused one, as of a partition that it doesn't know yet. */
function sendBookings(stage: Stage, producer: RdkafkaTransactional): boolean {
  try {
    for (const { topic, partition, amount } of transfersOf(stage)) producer.send(topic, partition, { amount })
    return true
  } catch (error) {
    stage.noteError(error)
    return false
  }
}
