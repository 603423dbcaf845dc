/** The checks that many stories share. */
import assert from 'node:assert/strict'
import { type ConsumedRecord, type JournalEntry, type ProducedRecord, Refused } from '../clients/driver.ts'

/** Checks that the call is refused with Kafka's error `code`; any other error, Unsupported too, goes through. */
export async function assertRefused(code: string, call: Promise<unknown>): Promise<void> {
  let outcome: unknown
  try {
    outcome = await call
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    assert.equal(error.code, code, `refused with ${error.message}`)
    return
  }
  assert.fail(`expected ${code}, but the broker accepted it: ${String(outcome)}`)
}

/** Checks that `received` are exactly the records `sent` to one partition, in order, at offsets from `firstOffset` on. */
export function assertReceived(
  received: readonly ConsumedRecord[],
  sent: readonly ProducedRecord[],
  firstOffset = 0,
): void {
  assert.equal(received.length, sent.length, 'number of records')
  for (const [index, record] of received.entries()) {
    const expected = sent[index]
    assert.ok(expected)
    const where = `record ${index} at offset ${record.offset}`
    assert.equal(record.offset, firstOffset + index, `${where}: its offset`)
    assertBytes(record.key, expected.key ?? null, `${where}: its key`)
    assertBytes(record.value, expected.value, `${where}: its value`)
    assert.deepEqual(record.headers, expected.headers ?? [], `${where}: its headers`)
    if (expected.timestampMs !== undefined) assert.equal(record.timestampMs, expected.timestampMs, `${where}: its time`)
  }
}

/** Checks that `received` are the records at offsets `start` to `end` of each partition, each exactly once. */
export function assertEachOnce(
  received: readonly ConsumedRecord[],
  expected: readonly { readonly partition: number; readonly start: number; readonly end: number }[],
): void {
  const seen = received.map(({ partition, offset }) => `${partition}:${offset}`).sort()
  const wanted = expected.flatMap(({ partition, start, end }) =>
    Array.from({ length: end - start }, (_, index) => `${partition}:${start + index}`),
  )
  assert.deepEqual(seen, wanted.sort(), 'records as partition:offset')
}

/** Checks that nobody received a record again that was committed before: what the protocol may repeat is only what wasn't. */
export function assertNoRepeatOfCommitted(journal: readonly JournalEntry[]): void {
  const committed = new Map<string, number>()
  for (const { kind, topic, partition, offset } of journal) {
    const place = `${topic}-${partition}`
    if (kind === 'commit') committed.set(place, offset)
    else assert.ok(offset >= (committed.get(place) ?? 0), `${place}@${offset} came again after its commit`)
  }
}

/** Checks that each partition's records came in the order of their offsets. */
export function assertInOrder(received: readonly ConsumedRecord[]): void {
  const last = new Map<number, number>()
  for (const { partition, offset } of received) {
    assert.ok(offset > (last.get(partition) ?? -1), `offset ${offset} of partition ${partition} came out of order`)
    last.set(partition, offset)
  }
}

function assertBytes(actual: Buffer | null, expected: Buffer | null, what: string): void {
  if (actual === null || expected === null) {
    assert.equal(shown(actual), shown(expected), what)
    return
  }
  if (!actual.equals(expected)) assert.fail(`${what}: ${shown(actual)} instead of ${shown(expected)}`)
}

function shown(bytes: Buffer | null): string {
  if (bytes === null) return 'null'
  const start = bytes.subarray(0, 40).toString('hex')
  return `${bytes.length} bytes (${start}${bytes.length > 40 ? '…' : ''})`
}
