/** The command line of a chaos run. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Size, Workload } from './cast.ts'
import { faults } from './nemesis/faults.ts'

/** What to do: run, or judge a run that was written down before. */
export type Options = RunOptions | { readonly kind: 'judge'; readonly file: string }

/** How to run. */
export interface RunOptions {
  readonly kind: 'run'
  readonly seed: number
  readonly durationMs: number
  readonly engine: 'file' | 'memory'
  /** Passed on to the broker; its default where undefined. */
  readonly durability: string | undefined
  /** More settings of the broker, each as `key=value`; they win over those that every run has. */
  readonly settings: readonly string[]
  readonly workload: Workload
  readonly size: Size
  /** Names of faults; all that are possible where undefined. */
  readonly faults: readonly string[] | undefined
  /** `host:port` of a broker that runs already; clients alone are hurt then. */
  readonly target: string | undefined
  readonly brokerBin: string
  /** Where the history goes; beside the broker's data where undefined. */
  readonly history: string | undefined
}

/** How to call it. */
export const usage = `npm run chaos [-- [--minutes N | --seconds N] [--seed S] [--engine file|memory] [--durability os|fsync] [--set KEY=VALUE]...
  [--workload plain|transactions] [--size small|full] [--fault NAME]... [--target HOST:PORT] [--broker-bin FILE] [--history FILE]]
npm run chaos -- --judge FILE

Faults: ${faults.map(({ name }) => name).join(', ')}.
--target runs against a broker that is there already, and hurts clients only.
--judge looks again at a history that an earlier run has left.`

/** The options in `args`; throws an Error that says what is wrong with them. `defaultBrokerBin` is an absolute path. */
export function readOptions(args: readonly string[], defaultBrokerBin: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      engine: { type: 'string' },
      durability: { type: 'string' },
      set: { type: 'string', multiple: true },
      workload: { type: 'string' },
      size: { type: 'string' },
      fault: { type: 'string', multiple: true },
      target: { type: 'string' },
      'broker-bin': { type: 'string' },
      history: { type: 'string' },
      judge: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) throw new Error('What can be run:')
  // npm runs scripts in their package's folder and says where it was called.
  const path = (file: string): string => resolve(process.env.INIT_CWD ?? '.', file)
  if (values.judge !== undefined) return { kind: 'judge', file: path(values.judge) }
  const brokerBin = path(values['broker-bin'] ?? defaultBrokerBin)
  if (values.target === undefined && !existsSync(brokerBin)) {
    throw new Error(`there is no broker at ${brokerBin}: build it first, with npm run build in the repository's root`)
  }
  for (const fault of values.fault ?? [])
    oneOf(
      'fault',
      fault,
      faults.map(({ name }) => name),
    )
  const seconds = numberOf('minutes', values.minutes ?? '1') * 60
  return {
    kind: 'run',
    seed: Math.floor(numberOf('seed', values.seed ?? String(Date.now() % 100_000))),
    durationMs: 1000 * (values.seconds === undefined ? seconds : numberOf('seconds', values.seconds)),
    engine: oneOf('engine', values.engine ?? 'file', ['file', 'memory']),
    durability: values.durability,
    settings: values.set ?? [],
    workload: oneOf('workload', values.workload ?? 'transactions', ['plain', 'transactions']),
    size: oneOf('size', values.size ?? 'full', ['small', 'full']),
    faults: values.fault,
    target: values.target,
    brokerBin,
    history: values.history === undefined ? undefined : path(values.history),
  }
}

function numberOf(what: string, text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number) || number < 0) throw new Error(`--${what} must be a number from 0 on: ${text}`)
  return number
}

function oneOf<T extends string>(what: string, wanted: string, all: readonly T[]): T {
  const found = all.find(each => each === wanted)
  if (found === undefined) throw new Error(`unknown ${what}: ${wanted}; there are ${all.join(', ')}`)
  return found
}
