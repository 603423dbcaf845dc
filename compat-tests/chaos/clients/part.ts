/** What a client process is told to play, and what it and the director say to each other. */
import type { RoleName } from './roles.ts'

/** What the records of a topic are: values for their own sake, transfers between accounts, outputs made from values. */
export type Use = 'values' | 'transfers' | 'outputs'

/** A topic and how many partitions it has. */
export interface Topic {
  readonly name: string
  readonly partitions: number
  readonly use: Use
}

/** One client's part: the process's only argument, as JSON. */
export interface Part {
  readonly role: RoleName
  /** The name of this process in the history; no other process has it. */
  readonly by: string
  /** `host:port` of the broker. */
  readonly address: string
  readonly historyFile: string
  readonly seed: number
  /** Producers rest so many times longer than in a short run. */
  readonly slowness: number
  /** Those that the role works with. */
  readonly topics: readonly Topic[]
  /** Of members. */
  readonly group?: string
  /** How a member commits: what it received, by a call after each few polls, or by its client's own timer. */
  readonly commit?: 'manual' | 'automatic'
  /** The member jumps about in its partitions, and commits nothing. */
  readonly seeks?: boolean
  /** Of transactional producers; the next process of the same client has the same. */
  readonly transactionalId?: string
  /** Groups to ask about, of an observer. */
  readonly groups?: readonly string[]
}

/** To a client process. */
export type Direction =
  /** Come to an end: send no more, wait for what is under way, leave. */
  | { readonly kind: 'finish' }
  /** The topics that the role works with have grown. */
  | { readonly kind: 'topics'; readonly topics: readonly Topic[] }

/** From a client process: what it has counted since it last said so. */
export interface Counts {
  readonly sent: number
  readonly acked: number
  readonly read: number
}
