/**
 * The runner: starts a broker for each client and engine, has the clients tell their stories, stops the brokers and reports.
 * Exit code 0 where nothing failed, 1 where something did, 2 where the command line is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BrokerProcess } from './runner/broker-process.ts'
import { type Options, readOptions, usage } from './runner/options.ts'
import { type Result, resultLine, summary } from './runner/report.ts'
import type { RestartedMessage, RestartMessage } from './runner/story-messages.ts'
import { type Outcome, tellStories } from './runner/tell-stories.ts'

/** One client with one engine: what a broker is started for. */
interface Pair {
  readonly client: string
  readonly engine: string
}

const defaultBrokerBin = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const results: Result[] = []

function record(pair: Pair, outcome: Outcome): void {
  const result = { ...pair, ...outcome }
  results.push(result)
  console.log(resultLine(result))
}

async function tellOnTarget(client: string, target: string, { scenarioIds }: Options): Promise<void> {
  const problem = { kind: 'skip', reason: 'the target is not ours to restart' } as const
  await tellStories({
    client,
    address: target,
    scenarioIds,
    restartBroker: async () => ({ kind: 'restarted', problem }),
    brokerFailure: () => undefined,
    ended: outcome => record({ client, engine: 'target' }, outcome),
  })
}

async function restart(broker: BrokerProcess, engine: string, how: RestartMessage['how']): Promise<RestartedMessage> {
  if (engine === 'memory') {
    return { kind: 'restarted', problem: { kind: 'skip', reason: 'the memory engine ends with its process' } }
  }
  try {
    await broker.restart(how)
    return { kind: 'restarted' }
  } catch (error) {
    return { kind: 'restarted', problem: { kind: 'fail', reason: String(error) } }
  }
}

async function tellOnOwnBroker(pair: Pair, { brokerBin, scenarioIds }: Options): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), `samsa-compat-${pair.client}-${pair.engine}-`))
  const broker = new BrokerProcess(brokerBin, pair.engine, directory)
  let clean = true
  const ended = (outcome: Outcome) => {
    clean &&= outcome.verdict !== 'failed'
    record(pair, outcome)
  }
  const failAll = (error: unknown) => {
    for (const scenarioId of scenarioIds) ended({ scenarioId, verdict: 'failed', reason: String(error), tookMs: 0 })
  }
  const started = await broker.start().then(
    () => true,
    error => {
      failAll(error)
      return false
    },
  )
  if (started) {
    await tellStories({
      client: pair.client,
      address: broker.address,
      scenarioIds,
      restartBroker: how => restart(broker, pair.engine, how),
      brokerFailure: () => broker.diedWith,
      ended,
    })
  }
  try {
    await broker.stop()
  } catch (error) {
    ended({ scenarioId: 'broker-stops-cleanly', verdict: 'failed', reason: String(error), tookMs: 0 })
  }
  if (clean) await rm(directory, { recursive: true, force: true })
}

/** Runs `work` on each item, `jobs` at a time. */
async function inParallel<T>(items: readonly T[], jobs: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: jobs }, worker))
}

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2), defaultBrokerBin)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return process.exit(2)
  }
}

const options = optionsOrExit()
const { target } = options
if (target !== undefined) {
  await inParallel(options.clients, options.jobs, client => tellOnTarget(client, target, options))
} else {
  const pairs = options.clients.flatMap(client => options.engines.map(engine => ({ client, engine })))
  await inParallel(pairs, options.jobs, pair => tellOnOwnBroker(pair, options))
}
console.log(summary(results))
process.exitCode = results.some(({ verdict }) => verdict === 'failed') ? 1 : 0
