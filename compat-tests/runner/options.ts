/** The command line of the runner. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { clients } from '../clients/index.ts'
import { scenarios } from '../scenarios/index.ts'

/** The storage engines that the stories run on. */
export const engines: readonly string[] = ['file', 'memory']

/** What to run. */
export interface Options {
  /** Names of the clients, in the order in which they are told about. */
  readonly clients: readonly string[]
  /** Ids of the stories. */
  readonly scenarioIds: readonly string[]
  /** Engines to start brokers on; none with {@link target}. */
  readonly engines: readonly string[]
  /** `host:port` of a broker that runs already; undefined where the runner starts its own. */
  readonly target: string | undefined
  /** The broker's entry, `dist/cli/main.js` of the repository where not given. */
  readonly brokerBin: string
  /** How many clients tell their stories at the same time, each with a broker of its own. */
  readonly jobs: number
}

/** How to call the runner. */
export const usage = `npm run compat [-- CLIENT... [--scenario ID]... [--engine NAME]... [--target HOST:PORT] [--broker-bin FILE] [--jobs N]]

Without clients, all of them: ${[...clients.keys()].join(', ')}. Engines: ${engines.join(', ')}.
--target runs against a broker that is there already, and skips what needs a broker of its own.`

/** The options in `args`; throws an Error that says what is wrong with them. `defaultBrokerBin` is an absolute path. */
export function readOptions(args: readonly string[], defaultBrokerBin: string): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scenario: { type: 'string', multiple: true },
      engine: { type: 'string', multiple: true },
      target: { type: 'string' },
      'broker-bin': { type: 'string' },
      jobs: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) throw new Error('What can be run:')
  const jobs = Number(values.jobs ?? 4)
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs must be a whole number from 1 on: ${values.jobs}`)
  // npm runs scripts in their package's folder and says where it was called.
  const brokerBin = resolve(process.env.INIT_CWD ?? '.', values['broker-bin'] ?? defaultBrokerBin)
  if (values.target === undefined && !existsSync(brokerBin)) {
    throw new Error(`there is no broker at ${brokerBin}: build it first, with npm run build in the repository's root`)
  }
  const allIds = scenarios.map(({ id }) => id)
  return {
    clients: chosen('client', positionals, [...clients.keys()]),
    scenarioIds: chosen('story', values.scenario ?? [], allIds),
    engines: values.target === undefined ? chosen('engine', values.engine ?? [], engines) : [],
    target: values.target,
    brokerBin,
    jobs,
  }
}

function chosen(what: string, wanted: readonly string[], all: readonly string[]): readonly string[] {
  const unknown = wanted.find(each => !all.includes(each))
  if (unknown !== undefined) throw new Error(`unknown ${what}: ${unknown}; there are ${all.join(', ')}`)
  return wanted.length === 0 ? all : wanted
}
