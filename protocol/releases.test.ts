import { readFileSync } from 'node:fs'
import test from 'ava'
import { apisByKey } from './messages/index.ts'
import { advertisedBy, type Release, releases } from './releases.ts'
import { versionsOf } from './schema/codec.ts'
import { factsFile } from './testing/facts.ts'

const table = (name: string): string[][] =>
  readFileSync(factsFile(name), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'))

/** APIs of the client listener that only brokers used: LeaderAndIsr, StopReplica, UpdateMetadata and the like. */
const betweenBrokers = new Set([4, 5, 6, 7, 56, 58, 67])

test('each release speaks what was read off its broker', t => {
  const rows = table('releases.tsv')
  t.deepEqual(
    releases,
    rows.map(([release]) => release as Release),
  )
  for (const [release, spoken] of rows) {
    const ours = [...advertisedBy(release as Release)].map(([key, { min, max }]) => `${key}:${min}-${max}`)
    t.is(ours.join(' '), spoken as string, release)
  }
})

test('every version that Kafka 3.9 to 4.4 knows on a broker listener is declared', t => {
  const ends = (range: string | undefined) => (range ? range.split('-').map(Number) : [])
  let compared = 0
  for (const [key, name, in39, in43, in44, , listeners] of table('apis.tsv')) {
    if (!listeners?.includes('broker')) continue
    const declared = apisByKey.get(Number(key))
    if (declared === undefined) {
      t.fail(`${name} is not declared`)
      continue
    }
    const versions = [...ends(in39), ...ends(in43), ...ends(in44)]
    t.deepEqual(versionsOf(declared), { min: Math.min(...versions), max: Math.max(...versions) }, name)
    compared++
  }
  t.true(compared > 70)
})

test('every version that a release since 0.9 spoke to clients is declared', t => {
  for (const release of releases.filter(each => !each.startsWith('0.8'))) {
    for (const [key, { min, max }] of advertisedBy(release)) {
      if (betweenBrokers.has(key)) continue
      const declared = apisByKey.get(key)
      const ours = declared && versionsOf(declared)
      t.true(ours !== undefined && ours.min <= min && ours.max >= max, `${release}: API ${key}`)
    }
  }
})
