/**
 * For tests of imports: a directory of Kafka's, one to import into, and a look at what came of it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { pino } from 'pino'
import { createFileEngine } from '../../../storage/file/engine.ts'
import { temporaryDirectory } from '../../../storage/file/testing/temporary-directory.ts'
import { systemRandom } from '../../clock.ts'
import { MetadataStore } from '../../cluster/metadata-store.ts'
import { Config } from '../../config/config.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { importKafka, type KafkaImport } from '../import-kafka.ts'
import { ImportRefused } from '../import-refused.ts'
import { type FixtureDirectory, type FixtureTopic, someRecords, writeKafkaDirectory } from './kafka-fixture.ts'

/** Of the topic `orders`. */
export const ID = 'y43vXg_lS6yzuSBBQjcW8g'
/** Of another. */
export const OTHER_ID = 'zPoF-qs3Q1qreJTAQZu6UQ'
/** A little later than the records' timestamps. */
export const clock = new ManualClock(1_700_000_100_000)

/** Two partitions: one of two segments, trimmed to offset 4, and one of one record. */
export const orders: FixtureTopic = {
  name: 'orders',
  id: ID,
  config: { 'retention.ms': '-1', 'segment.bytes': '1048576' },
  partitions: [
    { segments: [[someRecords(0, 3), someRecords(3, 2)], [someRecords(5, 4)]], start: 4 },
    { segments: [[someRecords(0, 1)]] },
  ],
}

/** A directory of Kafka's and one to import into, and what importing the one into the other comes to. */
export const given = (t: ExecutionContext, directory: FixtureDirectory) => {
  const home = temporaryDirectory(t)
  const kafka = join(home, 'kafka')
  const dataDir = join(home, 'samsa')
  writeKafkaDirectory(kafka, directory)
  const run = (more: Partial<KafkaImport> = {}) =>
    importKafka({
      ...{ directories: [kafka], metadataDirectory: null, dataDir, link: true, recover: false, keepDamage: false },
      ...{ dryRun: false, retention: null, wanted: () => true, config: new Config(), clock, random: systemRandom },
      ...{ logger: pino({ level: 'silent' }), progress: () => {} },
      ...more,
    })
  const refused = async (more: Partial<KafkaImport> = {}): Promise<readonly string[]> =>
    (await t.throwsAsync(run(more), { instanceOf: ImportRefused })).problems
  return { home, kafka, dataDir, run, refused }
}

/** Opens what was imported as a broker would. */
export const opened = async (t: ExecutionContext, dataDir: string) => {
  const engine = createFileEngine({ dataDir })
  const { unclean } = await engine.open()
  const config = new Config()
  const store = new MetadataStore({
    ...{ engine, config, clock, random: systemRandom, logger: pino({ level: 'silent' }) },
  })
  const clusterId = await store.open()
  t.deepEqual(unclean, [])
  return {
    ...{ engine, clusterId, image: store.image },
    close: async () => {
      await store.close()
      await engine.close()
    },
  }
}

/** All files below a directory, by path. */
export const textOf = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'base64')]),
  )
