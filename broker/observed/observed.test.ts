import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { InitProducerId } from '../../protocol/messages/index.ts'
import { ready } from '../../protocol/records/compression.ts'
import { type Clock, systemClock } from '../clock.ts'
import { startBroker } from '../index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { RawClient } from '../testing/raw-client.ts'
import { recordedAnswers } from './answers-file.ts'
import { deviations, explains } from './deviations.ts'
import { play } from './exchange.ts'
import { themes } from './exchanges/index.ts'
import { type Difference, differences } from './transcript.ts'

/** What the recorded brokers were given. */
const settings = { 'group.initial.rebalance.delay.ms': 0 }

/** Background work begins after this: it would drop the records of the exchanges, which are dated long ago. */
const BACKGROUND_MS = 30_000

/** The machine's clock on which background work never comes, however slow the machine. */
const withoutBackground: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic(),
  after: (ms, done) => (ms < BACKGROUND_MS ? systemClock.after(ms, done) : () => {}),
}

/** Long answers from a little before the place where they part; versions with the same answers together. */
const show = (found: readonly Difference[]): readonly string[] => {
  const versions = new Map<string, number[]>()
  for (const { exchange, step, version, recorded, answered } of found) {
    let same = 0
    while (same < answered.length && recorded[same] === answered[same]) same++
    const from = Math.max(0, same - 60)
    const cut = (text: string): string => (from > 0 ? '…' : '') + text.slice(from, same + 240)
    const text = `${exchange} / ${step}\n  Kafka: ${cut(recorded)}\n  Samsa: ${cut(answered)}`
    versions.set(text, [...(versions.get(text) ?? []), version])
  }
  return [...versions].map(([text, versions]) => `${versions}: ${text}`)
}

/** Producer id 0 goes first, as it did when Kafka was recorded: a field that has its default isn't shown. */
const takeFirstProducerId = async (address: string): Promise<void> => {
  const client = await RawClient.connect(address)
  await client.request(InitProducerId, 1, { transactionalId: null, transactionTimeoutMs: 1000 })
  await client.close()
}

for (const [theme, engine] of themes.flatMap(theme => [[theme, 'memory'] as const, [theme, 'file'] as const])) {
  test(`${theme.name} of Kafka ${theme.release}, ${engine}: every answer is Kafka's, or a listed deviation`, async t => {
    await ready('zstd')
    const dataDir = mkdtempSync(join(tmpdir(), 'samsa-observed-'))
    t.teardown(() => rmSync(dataDir, { recursive: true }))
    const clock = theme.timed ? new ManualClock(Date.now()) : null
    const broker = await startBroker({ settings, engine, dataDir, clock: clock ?? withoutBackground })
    await takeFirstProducerId(broker.bootstrapServers)
    const pass = async (ms: number): Promise<void> => {
      if (clock === null) throw new Error('only timed themes let time pass')
      await clock.advance(ms)
    }
    const recorded = recordedAnswers(theme)
    const found: Difference[] = []
    try {
      for (const exchange of theme.exchanges) {
        const answered = await play(exchange, { address: broker.bootstrapServers, run: '', pass }, theme.release)
        found.push(
          ...differences(
            recorded.find(({ id }) => id === exchange.id),
            answered,
          ),
        )
      }
    } finally {
      await broker.stop()
    }
    const unexplained = found.filter(difference => !deviations.some(deviation => explains(deviation, difference)))
    t.deepEqual(show(unexplained), [])
    const past = deviations.filter(
      deviation =>
        theme.exchanges.some(({ id }) => id === deviation.exchange) &&
        !found.some(difference => explains(deviation, difference)),
    )
    t.deepEqual(past, [], 'these deviations no longer occur')
  })
}

test('recorded answers, deviations and exchanges belong together', t => {
  const ids = themes.flatMap(theme => theme.exchanges.map(({ id }) => id))
  t.is(new Set(ids).size, ids.length)
  t.deepEqual(
    themes.flatMap(theme => recordedAnswers(theme).map(({ id }) => id)),
    ids,
  )
  t.deepEqual(
    deviations.filter(({ exchange }) => !ids.includes(exchange)),
    [],
  )
})
