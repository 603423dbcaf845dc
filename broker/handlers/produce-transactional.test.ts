import test from 'ava'
import { type ErrorName, nameOf } from '../../protocol/errors.ts'
import type { TxnPartitions } from '../cluster/peers.ts'
import { batchOf, type ProduceAsk, Stage } from '../partition/testing/stage.ts'

const OLD = { transactionalId: 'x', apiVersion: 11 }
const NEW = { transactionalId: 'x', apiVersion: 12 }

/** A partition, and what its leader asks of the coordinator, which says yes to all unless told otherwise. */
const started = async (settings: Record<string, string> = {}) => {
  const stage = new Stage(settings)
  await stage.create('t', {}, 2)
  const asked: TxnPartitions[] = []
  const says: ErrorName[] = []
  stage.coordinator = async one => {
    asked.push(one)
    const error = says.shift() ?? 'NONE'
    return one.partitions.map(() => error)
  }
  return { stage, asked, says }
}

const batch = (baseSequence: number, producerEpoch = 0, transactional = true): Buffer =>
  batchOf(1, { producerId: 5, producerEpoch, baseSequence, transactional })

const codeFor = async (stage: Stage, records: Buffer, ask: ProduceAsk): Promise<ErrorName> =>
  nameOf((await stage.produce(records, ask))!.errorCode)

const mark = async (stage: Stage, producerEpoch: number, transactionVersion = 0, committed = true) => {
  const partition = await stage.partition()
  return partition.mark({ producerId: 5, producerEpoch, committed, coordinatorEpoch: 0, transactionVersion }, 1000)
}

test('the coordinator is asked once, before the first batch of a transaction', async t => {
  const { stage, asked } = await started()
  for (const sequence of [0, 1, 2]) t.is(await codeFor(stage, batch(sequence), OLD), 'NONE')
  t.deepEqual(asked, [
    {
      ...{ transactionalId: 'x', producerId: 5, producerEpoch: 0, verifyOnly: true },
      partitions: [{ topic: 't', partition: 0 }],
    },
  ])
  t.is(await mark(stage, 0), 'NONE')
  t.is(await codeFor(stage, batch(3), OLD), 'NONE')
  t.is(asked.length, 2)
})

test('from version 12 on the coordinator adds the partition', async t => {
  const { stage, asked } = await started()
  t.is(await codeFor(stage, batch(0), NEW), 'NONE')
  t.false(asked[0]!.verifyOnly)
})

test('what the coordinator refuses is told as the version knows it, and nothing is stored', async t => {
  const { stage, says } = await started()
  const told = async (error: ErrorName, apiVersion: number): Promise<ErrorName> => {
    says.push(error)
    return codeFor(stage, batch(0), { transactionalId: 'x', apiVersion })
  }
  t.is(await told('TRANSACTION_ABORTABLE', 10), 'INVALID_TXN_STATE')
  t.is(await told('TRANSACTION_ABORTABLE', 11), 'TRANSACTION_ABORTABLE')
  t.is(await told('PRODUCER_FENCED', 11), 'INVALID_PRODUCER_EPOCH')
  t.is(await told('INVALID_PRODUCER_ID_MAPPING', 12), 'INVALID_PRODUCER_ID_MAPPING')
  t.is(await told('NOT_COORDINATOR', 12), 'NOT_ENOUGH_REPLICAS')
  t.is(await told('CONCURRENT_TRANSACTIONS', 11), 'NOT_ENOUGH_REPLICAS')
  t.is((await stage.partition()).logEndOffset, 0)
})

test('a transaction that is being ended is waited for a little, before one is added to', async t => {
  const { stage, asked, says } = await started()
  says.push('CONCURRENT_TRANSACTIONS', 'CONCURRENT_TRANSACTIONS')
  const answer = codeFor(stage, batch(0), NEW)
  await stage.clock.advance(40)
  t.is(await answer, 'NONE')
  t.is(asked.length, 3)
  says.push(...Array<ErrorName>(20).fill('CONCURRENT_TRANSACTIONS'))
  const late = codeFor(stage, batch(0, 1), NEW)
  await stage.clock.advance(120)
  t.is(await late, 'CONCURRENT_TRANSACTIONS')
})

test('a batch that was verified before a marker is not appended after it: the coordinator is asked again', async t => {
  const { stage } = await started()
  await stage.partition()
  const answers: ((error: ErrorName) => void)[] = []
  stage.coordinator = ({ partitions }) =>
    new Promise(resolve => {
      answers.push(error => resolve(partitions.map(() => error)))
    })
  const delayed = codeFor(stage, batch(0), OLD)
  t.is(await mark(stage, 0, 0, false), 'NONE')
  answers[0]!('NONE')
  await stage.clock.advance(1)
  answers[1]!('TRANSACTION_ABORTABLE')
  t.is(await delayed, 'TRANSACTION_ABORTABLE')
  t.is((await stage.partition()).lastStableOffset, 1)
})

test('a batch that was verified is not appended after a marker of the same turn of the loop', async t => {
  const { stage } = await started()
  const partition = await stage.partition()
  const verification = partition.verify(5, 0, 0, false)
  const marked = partition.mark(
    { producerId: 5, producerEpoch: 0, committed: true, coordinatorEpoch: 0, transactionVersion: 0 },
    1000,
  )
  const outcomes: (ErrorName | null)[] = []
  const caller = {
    appended: (_: number, outcome: { error: { name: ErrorName } | null }) => outcomes.push(outcome.error?.name ?? null),
  }
  partition.append(batch(0), { acks: 1, timeoutMs: 0 }, caller, 0, verification)
  t.is(await marked, 'NONE')
  t.deepEqual(outcomes, ['INVALID_TXN_STATE'])
})

test('what is asked while the transaction before is being ended is asked again when its marker is written', async t => {
  const { stage, asked } = await started()
  t.is(await codeFor(stage, batch(0), NEW), 'NONE')
  stage.coordinator = async one => {
    asked.push(one)
    // The marker comes after the question and before the answer.
    if (asked.length === 2) await mark(stage, 1, 2)
    return one.partitions.map(() => 'NONE')
  }
  const next = codeFor(stage, batch(0, 1), NEW)
  await stage.clock.advance(1)
  t.is(await next, 'NONE')
  t.is(asked.length, 3)
})

test('a newer epoch voids what an older one was told', async t => {
  const { stage } = await started()
  const partition = await stage.partition()
  const old = partition.verify(5, 0, 0, true)
  t.is(await codeFor(stage, batch(0, 1), NEW), 'NONE')
  const outcomes: (ErrorName | null)[] = []
  const caller = {
    appended: (_: number, outcome: { error: { name: ErrorName } | null }) => outcomes.push(outcome.error?.name ?? null),
  }
  partition.append(batch(0), { acks: 1, timeoutMs: 0 }, caller, 0, old)
  t.is(await mark(stage, 2, 2), 'NONE')
  t.deepEqual(outcomes, ['INVALID_TXN_STATE'])
})

test('batches in flight keep their order when the first has to be sent again', async t => {
  const { stage, says } = await started()
  says.push('NOT_COORDINATOR', 'NONE')
  t.is(await codeFor(stage, batch(0), OLD), 'NOT_ENOUGH_REPLICAS')
  t.is(await codeFor(stage, batch(1), OLD), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  t.is(await codeFor(stage, batch(0), OLD), 'NONE')
  t.is(await codeFor(stage, batch(1), OLD), 'NONE')
})

test('with an epoch per transaction every one begins with sequence 0', async t => {
  const { stage } = await started()
  t.is(await codeFor(stage, batch(1), NEW), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  t.is(await codeFor(stage, batch(0), NEW), 'NONE')
})

test('a Produce has its place only when its transaction is verified', async t => {
  const { stage } = await started()
  await stage.partition()
  let answer = (): void => {}
  stage.coordinator = ({ partitions }) =>
    new Promise(resolve => {
      answer = () => resolve(partitions.map(() => 'NONE'))
    })
  const { answer: produced, seen } = stage.producing(batch(0), OLD)
  await stage.clock.advance(1)
  t.is(seen.placed, 0)
  answer()
  await produced
  t.is(seen.placed, 1)
})

test('outside of its open transaction a producer writes nothing', async t => {
  const { stage } = await started()
  t.is(await codeFor(stage, batch(0), OLD), 'NONE')
  t.is(await codeFor(stage, batch(1, 0, false), { apiVersion: 11 }), 'INVALID_TXN_STATE')
  t.is(await mark(stage, 0), 'NONE')
  t.is(await codeFor(stage, batch(1, 0, false), { apiVersion: 11 }), 'NONE')
})

test('a repeated batch is answered as before, even when its transaction has ended', async t => {
  const { stage } = await started()
  t.like(await stage.produce(batch(0), OLD), { errorCode: 0, baseOffset: 0 })
  t.like(await stage.produce(batch(0), OLD), { errorCode: 0, baseOffset: 0 })
  t.is(await mark(stage, 0), 'NONE')
  t.like(await stage.produce(batch(0), OLD), { errorCode: 0, baseOffset: 0 })
  t.is((await stage.partition()).logEndOffset, 2)
})

test('nobody is asked where verification is off, but by version 12', async t => {
  const { stage, asked } = await started({ 'transaction.partition.verification.enable': 'false' })
  t.is(await codeFor(stage, batch(0), OLD), 'NONE')
  t.is(asked.length, 0)
  t.is(await codeFor(stage, batch(0), { ...NEW, index: 1 }), 'NONE')
  t.is(asked.length, 1)
})

test('an open transaction is known after a restart, one that was only verified is not', async t => {
  const { stage, asked } = await started()
  t.is(await codeFor(stage, batch(0), OLD), 'NONE')
  const before = (await stage.partition('t', 1)).verify(5, 0, 0, false)
  await stage.restart()
  t.is(await codeFor(stage, batch(1), OLD), 'NONE')
  t.is(asked.length, 1)
  const after = await stage.partition('t', 1)
  t.false(after.verifications.holds(5, before!))
  t.is((await stage.partition()).lastStableOffset, 0)
})
