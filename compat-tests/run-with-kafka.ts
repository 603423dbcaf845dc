/**
 * Our broker beside Kafka's own software, which Java runs: `npm run compat:kafka [-- ID...]`. Ends like the stories do, with a line that counts.
 * Exit code 0 where nothing failed, 1 where something did, 2 where the command line is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { javaProblem } from './runner/java.ts'
import { type Result, resultLine, summary } from './runner/report.ts'
import type { Check } from './with-kafka/check.ts'
import { dumpCheck } from './with-kafka/dump-check.ts'
import { importCheck } from './with-kafka/import-check.ts'
import { streamsCheck } from './with-kafka/streams-check.ts'
import { transactionsCheck } from './with-kafka/transactions-check.ts'

const checks: readonly Check[] = [dumpCheck, importCheck, transactionsCheck, streamsCheck]
const samsaBin = process.env.SAMSA_BIN ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

async function outcome(check: Check): Promise<Result> {
  const beganMs = performance.now()
  const problem = javaProblem()
  const result = (verdict: Result['verdict'], reason: string): Result => ({
    ...{ client: 'kafka-4.3.1', engine: 'file', scenarioId: check.id, verdict, reason },
    tookMs: Math.round(performance.now() - beganMs),
  })
  if (problem !== undefined) return result('skipped', problem)
  const directory = await mkdtemp(join(tmpdir(), `samsa-${check.id}-`))
  try {
    await check.run({ directory, samsaBin })
    await rm(directory, { recursive: true, force: true })
    return result('passed', '')
  } catch (error) {
    return result('failed', `${error instanceof Error ? error.message : error} (left in ${directory})`)
  }
}

const wanted = process.argv.slice(2)
const unknown = wanted.find(id => !checks.some(check => check.id === id))
if (unknown !== undefined) {
  console.error(`unknown check: ${unknown}; there are ${checks.map(({ id }) => id).join(', ')}`)
  process.exit(2)
}
const results: Result[] = []
for (const check of checks.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
  const result = await outcome(check)
  results.push(result)
  console.log(resultLine(result))
}
console.log(summary(results))
process.exitCode = results.some(({ verdict }) => verdict === 'failed') ? 1 : 0
