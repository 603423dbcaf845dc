import type { Endings } from './endings.ts'
import { type EndEvent, NEEDS_PRODUCER_ID, type ProducerReply } from './transaction-events.ts'
import type { TransactionTurn } from './transaction-turn.ts'
import { isCurrent, isExhausted, isPrepared, LAST_EPOCH, NONE, type Transaction } from './transaction.ts'

type Answer = ProducerReply | typeof NEEDS_PRODUCER_ID

const refused = (error: ProducerReply['error']): ProducerReply => ({ error, producerId: NONE, producerEpoch: NONE })

/** What the producer goes on with, from the record that says how its transaction ends or ended. */
const granted = ({ producerId, producerEpoch, nextProducerId }: Transaction): ProducerReply =>
  nextProducerId === NONE
    ? { error: 'NONE', producerId, producerEpoch }
    : { error: 'NONE', producerId: nextProducerId, producerEpoch: 0 }

/**
 * EndTxn. The answer comes when the decision is durable, markers follow. INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED (another
 * epoch), INVALID_TXN_STATE (nothing to end, or it was ended the other way), CONCURRENT_TRANSACTIONS (it is being ended
 * this way). With the second version of transactions (KIP-890) each end raises the epoch, so a request that comes late
 * meets another epoch, and one that is repeated is known by the epoch before.
 */
export const endTransaction = (
  turn: TransactionTurn,
  endings: Endings,
  known: Transaction | undefined,
  event: EndEvent,
): void => turn.reply('end', event.request, decide(turn, endings, known, event))

const decide = (turn: TransactionTurn, endings: Endings, known: Transaction | undefined, event: EndEvent): Answer => {
  if (known === undefined) return refused('INVALID_PRODUCER_ID_MAPPING')
  const { committed } = event
  const raises = event.clientVersion >= 2
  const over = known.state !== 'Ongoing' && known.state !== 'Empty'
  const retry = raises && over && isRetry(known, event)
  if (known.producerId !== event.producerId && !retry) return refused('INVALID_PRODUCER_ID_MAPPING')
  if (!isCurrent(known, event.producerEpoch) && !retry) return refused('PRODUCER_FENCED')
  if (known.state === 'Ongoing') return prepare(turn, endings, known, event)
  const same = over && committed === (known.state === 'PrepareCommit' || known.state === 'CompleteCommit')
  // With epochs of their own it may be the next transaction that this one is about: it can't be told before this one is over.
  if (isPrepared(known.state)) return refused(same || raises ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE')
  if (same && retry && known.producerEpoch > LAST_EPOCH) return goOn(turn, known, event)
  if (same && (retry || !raises)) return granted(known)
  return raises && !retry && !committed ? abortNothing(turn, endings, known, event) : refused('INVALID_TXN_STATE')
}

/** Whether the request may be one that was answered before: its epoch is the one before the present. */
const isRetry = (known: Transaction, { producerId, producerEpoch }: EndEvent): boolean =>
  (producerId === known.producerId && producerEpoch === known.producerEpoch - 1) ||
  (producerId === known.previousProducerId &&
    producerId !== known.producerId &&
    producerEpoch === LAST_EPOCH &&
    known.producerEpoch === 0)

const prepare = (turn: TransactionTurn, endings: Endings, known: Transaction, event: EndEvent): Answer => {
  const raises = event.clientVersion >= 2
  const last = raises && isExhausted(known.producerEpoch)
  if (last && event.freshProducerId === null) return NEEDS_PRODUCER_ID
  const prepared = turn.write({
    ...known,
    ...(raises ? { producerEpoch: known.producerEpoch + 1, lastProducerEpoch: known.producerEpoch } : {}),
    nextProducerId: last ? event.freshProducerId! : NONE,
    state: event.committed ? 'PrepareCommit' : 'PrepareAbort',
    clientVersion: event.clientVersion,
  })
  endings.begin(turn, prepared)
  return granted(prepared)
}

/** The transaction was aborted in the last epoch without its producer, and the marker's epoch is nobody's to go on with. */
const goOn = (turn: TransactionTurn, known: Transaction, { freshProducerId }: EndEvent): Answer => {
  if (freshProducerId === null) return NEEDS_PRODUCER_ID
  const next = { producerId: freshProducerId, previousProducerId: known.producerId, producerEpoch: 0 }
  return granted(turn.write({ ...known, ...next, lastProducerEpoch: LAST_EPOCH }))
}

/** A client can't know whether its first batch, and with it the transaction, arrived: its abort raises the epoch anyway. */
const abortNothing = (turn: TransactionTurn, endings: Endings, known: Transaction, event: EndEvent): Answer =>
  prepare(turn, endings, { ...known, startMs: turn.now.wall }, event)
