/**
 * The engines by name: what `--engine` and `samsa.engine` choose from. An engine is loaded when it is chosen, so that nobody pays for the others.
 */
import type { Engine } from './engine.ts'

/** What any engine may be given; each takes what concerns it. */
export interface EngineOptions {
  /** The directory of engines that keep files. */
  readonly dataDir: string
  /** When what engines that keep files are asked for counts as done: see docs/durability.md. */
  readonly durability: 'os' | 'fsync'
  /** The memory engine's limit, in bytes. */
  readonly maxBytes?: number
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
  /** Monotonic clock, ms. */
  readonly monotonic: () => number
  /** Calls `fire` once, `delayMs` later on the monotonic clock. Returns the cancel. */
  readonly after: (delayMs: number, fire: () => void) => () => void
  /** 22 characters of base64url, never the same twice. */
  readonly uuid: () => string
  /** Is told, in a line for the operator, what recovery found and what the medium refused. */
  readonly warn: (line: string) => void
}

/** One line an engine. */
export const engines = {
  file: async (options: EngineOptions): Promise<Engine> => (await import('./file/engine.ts')).createFileEngine(options),
  memory: async (options: EngineOptions): Promise<Engine> =>
    (await import('./memory/engine.ts')).createMemoryEngine(options),
} as const

/** An engine that can be chosen. */
export type EngineName = keyof typeof engines
