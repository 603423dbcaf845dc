/**
 * The lines of a history: what the clients of a chaos run asked, what they were told, what they read, and what was done to the
 * broker. A call is invoked first and then completed: `ok` (it happened), `fail` (it did not, and never will) or `info` (nobody
 * knows). A call that is never completed is as good as `info`: its process was killed. Notes are moments without a call.
 */

/** What all lines have. */
interface Line {
  /** Microseconds of the machine's monotonic clock, which is the same for all processes. */
  readonly at: number
  /** The process that wrote it: a client's name and how often it was started. Never used twice. */
  readonly by: string
}

/** Which records a reader sees. */
export type Isolation = 'read_committed' | 'read_uncommitted'

/** A record as it was read: its partition (`<topic>-<number>`), offset and value. */
export type ReadRecord = readonly [partition: string, offset: number, value: string]

/** What is asked of a record to be sent. */
export interface SendCall {
  readonly do: 'send'
  readonly partition: string
  /** Unique in the whole history. */
  readonly value: string
  /** The producer instance: its records of one partition must stand in the order in which they were sent. */
  readonly producer: string
  /** The transaction that the record is part of. */
  readonly transaction?: string
  /** The value of the record that this one was made from, in a loop that consumes, transforms and produces. */
  readonly source?: string
  /** What a transfer adds to an account: the amounts of a transaction's records add up to 0. */
  readonly amount?: number
}

/** A commit of the next offset to read; with a transaction it takes effect when that does. */
export interface CommitCall {
  readonly do: 'commit'
  readonly group: string
  readonly partition: string
  readonly offset: number
  readonly transaction?: string
  /** The client sends it by a timer of its own, sometimes again after later ones, as long as its process lives. */
  readonly repeats?: boolean
}

/** The question what a group has committed. */
export interface FetchCommitCall {
  readonly do: 'fetch-commit'
  readonly group: string
  readonly partition: string
}

/** A producer takes over its transactional id: every other producer of that id is fenced once this is ok. */
export interface InitCall {
  readonly do: 'init'
  readonly transactionalId: string
  readonly producer: string
}

/** The end of a transaction. */
export interface EndCall {
  readonly do: 'end'
  readonly transaction: string
  readonly commit: boolean
}

/** A call of any kind. */
export type Call = SendCall | CommitCall | FetchCommitCall | InitCall | EndCall

/** A call begins; `op` names it among those of its process. */
export type Invocation = Line & { readonly is: 'invoke'; readonly op: number } & Call

/** A call ends. */
export interface Completion extends Line {
  readonly is: 'ok' | 'fail' | 'info'
  readonly op: number
  /** Of a send: where the record is. Of a commit or the question for it: the committed offset, −1 for none. */
  readonly offset?: number
  readonly error?: string
}

/** Something that happened without a call. */
export type Happening =
  /** The first line: how the run was called. */
  | { readonly do: 'run'; readonly seed: number; readonly options: string }
  /** A reader has these partitions from now on, and starts anew in each. */
  | {
      readonly do: 'assigned'
      readonly partitions: readonly string[]
      readonly isolation: Isolation
      readonly group?: string
    }
  /** A reader moved: the next record of the partition is the first from `offset` on. */
  | { readonly do: 'sought'; readonly partition: string; readonly offset: number }
  /** A reader received records, in this order. */
  | { readonly do: 'polled'; readonly records: readonly ReadRecord[] }
  /** A transaction begins. */
  | {
      readonly do: 'begin'
      readonly transaction: string
      readonly transactionalId: string
      readonly producer: string
    }
  /** Part of what a fresh client read at the end, from the partition's start on. */
  | {
      readonly do: 'final'
      readonly client: string
      readonly isolation: Isolation
      readonly records: readonly ReadRecord[]
    }
  /** That client has read the partition to its end: `offset` is the next. */
  | {
      readonly do: 'final-end'
      readonly client: string
      readonly isolation: Isolation
      readonly partition: string
      readonly offset: number
    }
  /** The broker was, or is, out of this state. */
  | { readonly do: 'broker'; readonly state: 'down' | 'up' }
  /** A fault begins, or is over. */
  | { readonly do: 'fault'; readonly fault: string; readonly state: 'begins' | 'over'; readonly detail: string }
  /** A client process started or ended. */
  | { readonly do: 'client'; readonly client: string; readonly state: 'started' | 'ended'; readonly how: string }
  /** An error that belongs to no call. */
  | { readonly do: 'error'; readonly error: string }
  /** A line of the broker's log that speaks of a bug or of damage. */
  | { readonly do: 'broker-log'; readonly line: string }
  /** Something that had to come, after all faults were over, didn't in time. */
  | { readonly do: 'stuck'; readonly what: string }

/** A moment. */
export type Note = Line & { readonly is: 'note' } & Happening

/** One line of a history. */
export type Event = Invocation | Completion | Note
