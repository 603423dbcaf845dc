import { execFile } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { orders } from '../broker/import/testing/import-stage.ts'
import { writeKafkaDirectory } from '../broker/import/testing/kafka-fixture.ts'
import { temporaryDirectory } from '../storage/file/testing/temporary-directory.ts'

const bin = fileURLToPath(new URL('main.js', import.meta.url))

/** Runs `samsa import-kafka` to its end. */
const run = (...args: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>(resolve => {
    execFile(process.execPath, [bin, 'import-kafka', ...args], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })

test("Kafka's own settings file names the directories; a summary says what was imported", async t => {
  const home = temporaryDirectory(t)
  const kafka = join(home, 'kafka')
  const properties = join(home, 'server.properties')
  writeKafkaDirectory(kafka, { topics: [orders] })
  writeFileSync(properties, `log.dirs=${kafka}\nprocess.roles=broker,controller\nlog.retention.hours=-1\n`)
  const dataDir = join(home, 'samsa')
  const dry = await run('--config', properties, '--data-dir', dataDir, '--dry-run')
  t.like(dry, { code: 0, stderr: '' })
  t.regex(dry.stdout, /all of it is sound: 1 topics, 2 partitions, 4 batches, \d+ bytes can be imported into /)
  t.deepEqual(readdirSync(home).sort(), ['kafka', 'server.properties'])
  const { code, stdout, stderr } = await run('--config', properties, '--data-dir', dataDir)
  t.deepEqual([code, stderr], [0, ''])
  t.regex(stdout, /topic orders: 2 partitions, \d+ bytes\nimported 1 topics, .*: 1 segments linked, 2 copied/)
})

test('what cannot be imported ends with 1, a command line that cannot be used with 2', async t => {
  const home = temporaryDirectory(t)
  const refused = await run(home, '--data-dir', join(home, 'samsa'))
  t.is(refused.code, 1)
  t.regex(refused.stderr, /^samsa: nothing was imported:\n.*isn't a data directory of Kafka/)
  t.is((await run()).code, 2)
  t.is((await run('--config', join(home, 'nothing.properties'))).code, 2)
  t.is((await run(home, '--retention', 'sometimes')).code, 2)
  t.deepEqual(readdirSync(home), [])
})
