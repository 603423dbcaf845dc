/**
 * `npm run chaos`: a broker, clients, faults and a judge. Exit code 0 where nothing is wrong, 1 where something is, 2 where the
 * command line is.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { History } from './history/history.ts'
import { readHistoryFile } from './history/history-file.ts'
import { judge } from './judge/judge.ts'
import { type Options, type RunOptions, readOptions, usage } from './options.ts'
import { summaryOf, verdictOf } from './report.ts'
import { run } from './run.ts'

const defaultBrokerBin = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2), defaultBrokerBin)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return process.exit(2)
  }
}

/** Reads, judges and tells; whether nothing is wrong. */
async function tellVerdict(file: string): Promise<boolean> {
  const { events, brokenLineCount } = await readHistoryFile(file)
  const anomalies = judge(events)
  console.log(summaryOf(new History(events)))
  if (brokenLineCount > 0) console.log(`${brokenLineCount} lines that killed clients left unfinished`)
  console.log(verdictOf(anomalies))
  return anomalies.length === 0
}

async function runAndJudge(options: RunOptions): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), `samsa-chaos-${options.seed}-`))
  const historyFile = options.history ?? join(directory, 'history.jsonl')
  const where = options.target ?? `a broker with the ${options.engine} engine`
  console.log(`seed ${options.seed}: ${options.durationMs / 1000} s against ${where}`)
  await run(options, directory, historyFile)
  const clean = await tellVerdict(historyFile)
  if (clean) await rm(directory, { recursive: true, force: true })
  else console.log(`seed ${options.seed}; history, broker's log and data are kept: ${historyFile}, ${directory}`)
  return clean
}

const options = optionsOrExit()
const clean = options.kind === 'judge' ? await tellVerdict(options.file) : await runAndJudge(options)
process.exit(clean ? 0 : 1)
