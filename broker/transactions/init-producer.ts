import type { Endings } from './endings.ts'
import { fence } from './fence.ts'
import { type InitEvent, NEEDS_PRODUCER_ID, type ProducerReply } from './transaction-events.ts'
import type { TransactionTurn } from './transaction-turn.ts'
import { isExhausted, isPrepared, LAST_EPOCH, NONE, type Transaction } from './transaction.ts'

const refused = (error: ProducerReply['error']): ProducerReply => ({
  error,
  producerId: NONE,
  producerEpoch: NONE,
})

const granted = ({ producerId, producerEpoch }: Transaction): ProducerReply => ({
  error: 'NONE',
  producerId,
  producerEpoch,
})

/**
 * InitProducerId with a transactional id: the producer gets an epoch above all that went before, and those are fenced from
 * then on. CONCURRENT_TRANSACTIONS while an older transaction of the id is ended, which this begins if it was open;
 * PRODUCER_FENCED for a producer that says what it goes by and isn't the last one (KIP-360); INVALID_TRANSACTION_TIMEOUT.
 */
export const initProducer = (
  turn: TransactionTurn,
  endings: Endings,
  known: Transaction | undefined,
  event: InitEvent,
): void => turn.reply('init', event.request, decide(turn, endings, known, event))

const decide = (
  turn: TransactionTurn,
  endings: Endings,
  known: Transaction | undefined,
  event: InitEvent,
): ProducerReply | typeof NEEDS_PRODUCER_ID => {
  if (event.timeoutMs <= 0 || event.timeoutMs > turn.settings.maxTimeoutMs)
    return refused('INVALID_TRANSACTION_TIMEOUT')
  if (known === undefined) return event.freshProducerId === null ? NEEDS_PRODUCER_ID : begin(turn, event)
  if (event.producerId !== NONE && !isOwner(known, event)) return refused('PRODUCER_FENCED')
  if (isPrepared(known.state)) return refused('CONCURRENT_TRANSACTIONS')
  if (known.state === 'Ongoing') {
    if (event.producerEpoch !== NONE && event.producerEpoch !== known.producerEpoch) return refused('PRODUCER_FENCED')
    fence(turn, endings, known, event.producerEpoch)
    return refused('CONCURRENT_TRANSACTIONS')
  }
  return again(turn, known, event)
}

/** The first producer of the id. */
const begin = (turn: TransactionTurn, { transactionalId, timeoutMs, freshProducerId }: InitEvent): ProducerReply =>
  granted(
    turn.write({
      ...{ transactionalId, timeoutMs },
      ...{ producerId: freshProducerId!, producerEpoch: 0, lastProducerEpoch: NONE },
      ...{ previousProducerId: freshProducerId!, nextProducerId: NONE },
      ...{ state: 'Empty', partitions: new Map(), startMs: NONE, clientVersion: 0 },
    }),
  )

/** Whether who asks may be the id's last producer: its epoch is looked at later. */
const isOwner = (known: Transaction, { producerId, producerEpoch }: InitEvent): boolean =>
  producerId === known.producerId || (producerId === known.previousProducerId && isExhausted(producerEpoch))

/** The next epoch, or the first one of a fresh producer id when there is none. */
const again = (
  turn: TransactionTurn,
  known: Transaction,
  event: InitEvent,
): ProducerReply | typeof NEEDS_PRODUCER_ID => {
  const { producerEpoch: asked, timeoutMs } = event
  if (asked !== NONE && asked !== known.producerEpoch) {
    // The answer to the same question may have been lost.
    if (asked !== known.lastProducerEpoch) return refused('PRODUCER_FENCED')
    if (known.producerEpoch <= LAST_EPOCH) return granted(turn.write({ ...known, ...reset, timeoutMs }))
  }
  if (isExhausted(known.producerEpoch)) {
    if (event.freshProducerId === null) return NEEDS_PRODUCER_ID
    const next = { producerId: event.freshProducerId, producerEpoch: 0, previousProducerId: known.producerId }
    const lastProducerEpoch = asked === NONE ? NONE : Math.min(known.producerEpoch, LAST_EPOCH)
    return granted(turn.write({ ...known, ...reset, ...next, lastProducerEpoch, timeoutMs }))
  }
  const lastProducerEpoch = asked === NONE ? NONE : known.producerEpoch
  return granted(
    turn.write({ ...known, ...reset, producerEpoch: known.producerEpoch + 1, lastProducerEpoch, timeoutMs }),
  )
}

const reset = { state: 'Empty', partitions: new Map(), startMs: NONE, nextProducerId: NONE } as const
