/** A history put in order for the judge: calls with their outcomes, records by where they were read. */
import type {
  CommitCall,
  Completion,
  EndCall,
  Event,
  FetchCommitCall,
  InitCall,
  Invocation,
  Isolation,
  Note,
  ReadRecord,
  SendCall,
} from './event.ts'

/** How long a broker may take to get to a request that came late: it may be stopped meanwhile. */
const lateUs = 20_000_000

type ReadNote = Note & { readonly do: 'polled' | 'final' }

/** A call with its end. */
export interface Operation<C> {
  readonly call: C
  readonly invoked: Invocation
  /** Undefined where the process was killed before. */
  readonly completed: Completion | undefined
  /** `info` where nobody knows. */
  readonly outcome: Completion['is']
}

/** A record at a place, and who saw it there. */
export interface Sighting {
  readonly partition: string
  readonly offset: number
  readonly value: string
  /** The first read, shortened to this record. */
  readonly first: Note
  /** The first read with each isolation level that was not the final one, shortened to this record. */
  readonly polled: Map<Isolation, Note>
  /** The final reads that have it, by {@link FinalRead.name}. */
  readonly finals: Set<string>
}

/** What one fresh client read of all partitions at the end. */
export interface FinalRead {
  /** Client and isolation level. */
  readonly name: string
  readonly isolation: Isolation
  /** The end of each partition that it read completely. */
  readonly ends: Map<string, Note & { readonly do: 'final-end' }>
}

/** Everything that the judge looks at. */
export class History {
  /** All lines, in the order of time. */
  readonly events: readonly Event[]
  readonly notes: Note[] = []
  readonly sends: Operation<SendCall>[] = []
  /** The send of each value. */
  readonly sendOf = new Map<string, Operation<SendCall>>()
  readonly commits: Operation<CommitCall>[] = []
  readonly committedFetches: Operation<FetchCommitCall>[] = []
  readonly inits: Operation<InitCall>[] = []
  /** By transaction: its commit if that was asked for, else its abort. */
  readonly ends = new Map<string, Operation<EndCall>>()
  readonly finals = new Map<string, FinalRead>()
  /** By partition and offset: one, unless reads disagree. */
  readonly sightings = new Map<string, Map<number, Sighting[]>>()
  /** The places of each value: one, unless it is there twice. */
  readonly sightingsOf = new Map<string, Sighting[]>()
  readonly #visible = new Map<string, readonly number[]>()
  /** When each client process ended, in µs. */
  readonly #processEnds = new Map<string, number>()
  /** When requests were held up to come late, in µs. */
  readonly #lateRequests: { readonly from: number; to: number }[] = []
  /** When the broker went down, in µs. */
  readonly #downs: number[] = []

  /** @param events in the order of time */
  constructor(events: readonly Event[]) {
    this.events = events
    const completions = new Map<string, Completion>()
    for (const event of events) {
      if (event.is !== 'invoke' && event.is !== 'note') completions.set(`${event.by} ${event.op}`, event)
    }
    const isolations = new Map<string, Isolation>()
    for (const event of events) {
      if (event.is === 'invoke') this.#addCall(event, completions.get(`${event.by} ${event.op}`))
      else if (event.is === 'note') this.#addNote(event, isolations)
    }
  }

  /** The offsets at which a reader of this isolation level must see records, ascending: those that a final read saw. */
  visible(partition: string, isolation: Isolation): readonly number[] {
    const key = `${partition} ${isolation}`
    const known = this.#visible.get(key)
    if (known !== undefined) return known
    const names = [...this.finals.values()].filter(final => final.isolation === isolation).map(({ name }) => name)
    const offsets = [...(this.sightings.get(partition) ?? [])]
      .filter(([, found]) => found.some(({ finals }) => names.some(name => finals.has(name))))
      .map(([offset]) => offset)
      .sort((a, b) => a - b)
    this.#visible.set(key, offsets)
    return offsets
  }

  /**
   * Until when the call may still have taken effect, in µs. Where nobody knows whether it did, that is until the broker was gone that
   * may have got it from its client last. A copy of what was under way while requests came late may come last of all.
   */
  effectEnd({ completed, outcome, invoked }: Operation<unknown>, repeats = false): number {
    if (completed !== undefined && outcome !== 'info' && !repeats) {
      const late = this.#lateRequests.filter(({ from, to }) => from < completed.at && invoked.at < to)
      return Math.max(completed.at, ...late.map(({ to }) => to + lateUs))
    }
    const lastSent = (repeats ? undefined : completed?.at) ?? this.#processEnds.get(invoked.by)
    if (lastSent === undefined) return Number.POSITIVE_INFINITY
    return this.#downs.find(at => at > lastSent) ?? Number.POSITIVE_INFINITY
  }

  #addCall(invoked: Invocation, completed: Completion | undefined): void {
    const outcome = completed?.is ?? 'info'
    if (invoked.do === 'send') {
      const send = { call: invoked, invoked, completed, outcome }
      this.sends.push(send)
      this.sendOf.set(invoked.value, send)
    } else if (invoked.do === 'commit') this.commits.push({ call: invoked, invoked, completed, outcome })
    else if (invoked.do === 'fetch-commit') this.committedFetches.push({ call: invoked, invoked, completed, outcome })
    else if (invoked.do === 'init') this.inits.push({ call: invoked, invoked, completed, outcome })
    else if (this.ends.get(invoked.transaction)?.call.commit !== true) {
      // An abort behind a commit of unknown outcome doesn't make that known.
      this.ends.set(invoked.transaction, { call: invoked, invoked, completed, outcome })
    }
  }

  #addNote(note: Note, isolations: Map<string, Isolation>): void {
    this.notes.push(note)
    if (note.do === 'assigned') isolations.set(note.by, note.isolation)
    else if (note.do === 'broker' && note.state === 'down') this.#downs.push(note.at)
    else if (note.do === 'fault' && note.fault === 'late-requests') this.#addLateRequests(note.at, note.state)
    else if (note.do === 'client' && note.state === 'ended') this.#processEnds.set(note.client, note.at)
    else if (note.do === 'polled') {
      const isolation = isolations.get(note.by) ?? 'read_committed'
      for (const record of note.records) {
        const { polled } = this.#sighting(record, note)
        if (!polled.has(isolation)) polled.set(isolation, { ...note, records: [record] })
      }
    } else if (note.do === 'final') {
      const { name } = this.#final(note.client, note.isolation)
      for (const record of note.records) this.#sighting(record, note).finals.add(name)
    } else if (note.do === 'final-end') {
      this.#final(note.client, note.isolation).ends.set(note.partition, note)
    }
  }

  #addLateRequests(at: number, state: 'begins' | 'over'): void {
    const last = this.#lateRequests.at(-1)
    if (state === 'begins') this.#lateRequests.push({ from: at, to: Number.POSITIVE_INFINITY })
    else if (last !== undefined) last.to = at
  }

  #final(client: string, isolation: Isolation): FinalRead {
    const name = `${client}, ${isolation}`
    const final = this.finals.get(name) ?? { name, isolation, ends: new Map() }
    this.finals.set(name, final)
    return final
  }

  #sighting(record: ReadRecord, note: ReadNote): Sighting {
    const [partition, offset, value] = record
    const offsets = this.sightings.get(partition) ?? new Map<number, Sighting[]>()
    this.sightings.set(partition, offsets)
    const found = offsets.get(offset) ?? []
    offsets.set(offset, found)
    const known = found.find(each => each.value === value)
    if (known !== undefined) return known
    const first = { ...note, records: [record] }
    const sighting = { partition, offset, value, first, polled: new Map(), finals: new Set<string>() }
    found.push(sighting)
    this.sightingsOf.set(value, [...(this.sightingsOf.get(value) ?? []), sighting])
    return sighting
  }
}

/** How many of `offsets` (ascending) are below `offset`. */
export function countBelow(offsets: readonly number[], offset: number): number {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((offsets[middle] ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}
