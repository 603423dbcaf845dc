/** Whether transactions are visible whole or not at all, and only those that were committed. */
import type { EndCall, InitCall, Note, SendCall } from '../history/event.ts'
import type { History, Operation, Sighting } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'
import { linesOf, placeOf } from './writes.ts'

/** A transaction as its producer knows it. */
interface Transaction {
  readonly begun: Note & { readonly do: 'begin' }
  readonly sends: Operation<SendCall>[]
  readonly end: Operation<EndCall> | undefined
  /** `unknown` where the commit was asked for and not answered. Without a question it can't have been committed. */
  readonly state: 'committed' | 'aborted' | 'unknown'
}

/** Names `lost-transaction`, `torn-transaction`, `aborted-read`, `fenced-wrote` and `sum-violation`. */
export function transactionAnomalies(history: History): Anomaly[] {
  const transactions = transactionsOf(history)
  return [
    ...transactions.flatMap(transaction => visibility(history, transaction)),
    ...fencedEffects(history, transactions),
    ...sumViolations(history),
  ]
}

function transactionsOf(history: History): Transaction[] {
  const transactions = new Map<string, Transaction>()
  for (const note of history.notes) {
    if (note.do !== 'begin') continue
    const end = history.ends.get(note.transaction)
    const committing = end?.call.commit === true && end.outcome !== 'fail'
    const state = !committing ? 'aborted' : end.outcome === 'ok' ? 'committed' : 'unknown'
    transactions.set(note.transaction, { begun: note, sends: [], end, state })
  }
  for (const send of history.sends) transactions.get(send.call.transaction ?? '')?.sends.push(send)
  return [...transactions.values()]
}

/** Where a value is visible at read_committed: to a final reader, or to one before. */
function committedSighting(history: History, value: string): Sighting | undefined {
  const committedFinals = [...history.finals.values()].filter(({ isolation }) => isolation === 'read_committed')
  return history.sightingsOf
    .get(value)
    ?.find(({ polled, finals }) => polled.has('read_committed') || committedFinals.some(({ name }) => finals.has(name)))
}

function visibility(history: History, { begun, sends, end, state }: Transaction): Anomaly[] {
  const seen = sends.filter(({ call }) => committedSighting(history, call.value) !== undefined)
  // Where a final reader didn't come to the end a record may be there unseen.
  const unseen = sends.filter(
    send =>
      !seen.includes(send) &&
      send.outcome !== 'fail' &&
      [...history.finals.values()].some(
        ({ isolation, ends }) => isolation === 'read_committed' && ends.has(send.call.partition),
      ),
  )
  const ending = end === undefined ? [] : linesOf(end)
  const name = begun.transaction
  if (state === 'aborted') {
    return seen.map(send => {
      const sighting = committedSighting(history, send.call.value) as Sighting
      return {
        name: 'aborted-read',
        text: `${send.call.value} of ${name}, which was not committed, is visible at ${placeOf(sighting)}`,
        evidence: [begun, ...linesOf(send), ...ending, sighting.polled.get('read_committed') ?? sighting.first],
      }
    })
  }
  if (unseen.length === 0) return []
  if (seen.length > 0) {
    return [
      {
        name: 'torn-transaction',
        text: `of ${name} ${seen.map(({ call }) => call.value).join(', ')} can be read, and ${unseen.map(({ call }) => call.value).join(', ')} can't`,
        evidence: [begun, ...[...seen, ...unseen].flatMap(linesOf), ...ending],
      },
    ]
  }
  if (state === 'unknown') return []
  return [
    {
      name: 'lost-transaction',
      text: `${name} was committed, and nothing of it can be read`,
      evidence: [begun, ...unseen.flatMap(linesOf), ...ending],
    },
  ]
}

/** What a producer began after another one had taken over its transactional id must not take effect. */
function fencedEffects(history: History, transactions: readonly Transaction[]): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const { begun, sends, end } of transactions) {
    const own = history.inits.find(({ call }) => call.producer === begun.producer)
    const fence = history.inits.find(init => fences(init, begun) && init !== own && after(own, init))
    const fencedAt = fence?.completed?.at
    if (fence === undefined || fencedAt === undefined) continue
    const evidence = [begun, ...linesOf(fence)]
    if (end?.call.commit && end.outcome === 'ok' && end.invoked.at > fencedAt) {
      const text = `${begun.transaction} was committed though ${fence.call.producer} had taken over before`
      anomalies.push({ name: 'fenced-wrote', text, evidence: [...evidence, ...linesOf(end)] })
    }
    for (const send of sends) {
      if (send.outcome !== 'ok' || send.invoked.at < fencedAt) continue
      const text = `${send.call.value} of ${begun.transaction} was acknowledged though ${fence.call.producer} had taken over before`
      anomalies.push({ name: 'fenced-wrote', text, evidence: [...evidence, ...linesOf(send)] })
    }
  }
  return anomalies
}

function fences({ call, outcome }: Operation<InitCall>, begun: Transaction['begun']): boolean {
  return outcome === 'ok' && call.transactionalId === begun.transactionalId && call.producer !== begun.producer
}

function after(own: Operation<InitCall> | undefined, init: Operation<InitCall>): boolean {
  return own === undefined || init.invoked.at > (own.completed?.at ?? own.invoked.at)
}

/** All committed transfers together move nothing out of the accounts and nothing into them. */
function sumViolations(history: History): Anomaly[] {
  const accounts = new Set(
    history.sends.filter(({ call }) => call.amount !== undefined).map(each => each.call.partition),
  )
  const finals = [...history.finals.values()].filter(({ isolation }) => isolation === 'read_committed')
  return finals.flatMap(({ name, ends }) => {
    if ([...accounts].some(partition => !ends.has(partition))) return []
    let sum = 0
    for (const { call } of history.sends) {
      const there = history.sightingsOf.get(call.value)?.some(({ finals }) => finals.has(name))
      if (there) sum += call.amount ?? 0
    }
    if (sum === 0) return []
    const text = `the transfers that ${name} can read add up to ${sum}`
    return [{ name: 'sum-violation' as const, text, evidence: [...ends.values()].slice(0, 1) }]
  })
}
