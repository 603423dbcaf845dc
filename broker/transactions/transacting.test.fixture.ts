/** A transactional producer `tx`, request by request, of a broker without sockets. */
import { nameOf } from '../../protocol/errors.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import type { GroupBroker } from '../groups/group-broker.test.fixture.ts'
import { describeTransactions } from '../handlers/describe-transactions.ts'
import { endTxn } from '../handlers/end-txn.ts'
import { initProducerId } from '../handlers/init-producer-id.ts'
import { listOffsets } from '../handlers/list-offsets.ts'
import { produce } from '../handlers/produce.ts'

/** What a transactional producer goes by. */
export interface Producer {
  readonly producerId: number
  readonly producerEpoch: number
}

/** InitProducerId as a new producer. Fails with an Error if it is refused. */
export const init = async (
  broker: GroupBroker,
  transactionalId = 'tx',
  transactionTimeoutMs = 60_000,
): Promise<Producer> => {
  const request = { transactionalId, transactionTimeoutMs }
  const { errorCode, producerId, producerEpoch } = await broker.ask(initProducerId, 5, request)
  if (errorCode !== 0) throw new Error(nameOf(errorCode))
  return { producerId, producerEpoch }
}

/** Sends one record in the transaction; by version 12 its partition joins the transaction. */
export const send = async (
  broker: GroupBroker,
  { producerId, producerEpoch }: Producer,
  { index = 0, sequence = 0, version = 12, topic = 't' } = {},
): Promise<string> => {
  const header = { producerId, producerEpoch, baseSequence: sequence, transactional: true }
  const batch = buildBatch({
    ...header,
    records: [{ key: null, value: Buffer.from('v'), timestamp: broker.clock.now() }],
  })
  const { responses } = await broker.ask(produce, version, {
    ...{ transactionalId: 'tx', acks: -1, timeoutMs: 1000 },
    topicData: [{ name: topic, partitionData: [{ index, records: [batch] }] }],
  })
  return nameOf(responses[0]!.partitionResponses[0]!.errorCode)
}

/** EndTxn: with an epoch of its own from version 5 on. */
export const end = async (broker: GroupBroker, producer: Producer, committed: boolean, version = 5) => {
  const { errorCode, producerId, producerEpoch } = await broker.ask(endTxn, version, {
    ...{ transactionalId: 'tx', ...producer, committed },
  })
  return { error: nameOf(errorCode), producerId, producerEpoch }
}

/** The state of a transactional id, or the error. */
export const stateOf = async (broker: GroupBroker, transactionalId = 'tx'): Promise<string> => {
  const { transactionStates } = await broker.ask(describeTransactions, 0, { transactionalIds: [transactionalId] })
  const { errorCode, transactionState } = transactionStates[0]!
  return errorCode === 0 ? transactionState : nameOf(errorCode)
}

/** The last stable offset of partition 0, and the end. */
export const ends = async (broker: GroupBroker, name = 't'): Promise<readonly number[]> => {
  const ask = async (isolationLevel: number): Promise<number> => {
    const topics = [{ name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }]
    const answer = await broker.ask(listOffsets, 5, { replicaId: -1, isolationLevel, topics })
    return answer.topics[0]!.partitions[0]!.offset
  }
  return [await ask(1), await ask(0)]
}
