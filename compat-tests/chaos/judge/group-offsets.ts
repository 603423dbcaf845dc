/** Whether groups see every record before they commit beyond it, and find what they committed. */
import type { CommitCall, Note } from '../history/event.ts'
import { countBelow, type History, type Operation } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'
import { linesOf } from './writes.ts'

/** What the members of a group received of one partition: how many of its visible records, without a gap from the first on. */
class Received {
  readonly #visible: readonly number[]
  readonly #ahead = new Set<number>()
  count = 0

  constructor(visible: readonly number[]) {
    this.#visible = visible
  }

  add(offset: number): void {
    this.#ahead.add(offset)
    while (this.#ahead.delete(this.#visible[this.count] ?? -1)) this.count++
  }
}

/**
 * Names `commit-skips`: a commit, or a committed offset that was found, is beyond a record that no member of the group had
 * received by then. Members write down what they received before they commit it.
 */
export function skippingCommits(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  const groups = new Map<string, string>()
  const received = new Map<string, Received>()
  const told = new Set<string>()
  const of = (group: string, partition: string): Received => {
    const key = `${group} ${partition}`
    const known = received.get(key) ?? new Received(history.visible(partition, 'read_committed'))
    received.set(key, known)
    return known
  }
  const fetches = new Map(history.committedFetches.map(fetch => [fetch.completed, fetch]))
  for (const event of history.events) {
    if (event.is === 'note') {
      if (event.do === 'assigned') groups.set(event.by, event.group ?? '')
      const group = groups.get(event.by) ?? ''
      if (event.do === 'polled' && group !== '') {
        for (const [partition, offset] of event.records) of(group, partition).add(offset)
      }
      continue
    }
    const commit = event.is === 'invoke' ? (event.do === 'commit' ? event : undefined) : fetches.get(event)?.call
    if (commit === undefined) continue
    const offset = (event as { offset?: number }).offset ?? -1
    const visible = history.visible(commit.partition, 'read_committed')
    const { count } = of(commit.group, commit.partition)
    const key = `${commit.group} ${commit.partition} ${count}`
    if (countBelow(visible, offset) <= count || told.has(key)) continue
    told.add(key)
    anomalies.push({
      name: 'commit-skips',
      text: `${commit.group} has ${offset} committed in ${commit.partition}, and no member received the record at ${visible[count]}`,
      evidence: [event],
    })
  }
  return anomalies
}

/**
 * Names `commit-lost`, taking the committed offset of a group and partition for a register: what is found is what was
 * committed last, or by a call that was under way. A position at which a group starts to read is not below all that can be found.
 * Offsets are compared by the records below them, since markers of transactions count for nothing.
 */
export function lostCommits(history: History): Anomaly[] {
  const registers = new Map<string, Register>()
  for (const commit of history.commits) {
    const key = `${commit.call.group} ${commit.call.partition}`
    const register = registers.get(key) ?? new Register(history, commit.call.partition)
    registers.set(key, register)
    register.add(commit)
  }
  const anomalies: Anomaly[] = []
  for (const fetch of history.committedFetches) {
    const { group, partition } = fetch.call
    const { completed, invoked } = fetch
    if (fetch.outcome !== 'ok' || completed?.offset === undefined) continue
    const register = registers.get(`${group} ${partition}`) ?? new Register(history, partition)
    const possible = register.possible(invoked.at, completed.at)
    if (possible.has(register.rank(completed.offset))) continue
    anomalies.push({
      name: 'commit-lost',
      text: `${group} is found at ${completed.offset} in ${partition}, which nobody can have committed last`,
      evidence: [...linesOf(fetch), ...register.last(invoked.at)],
    })
  }
  return [...anomalies, ...lateStarts(history, registers)]
}

function lateStarts(history: History, registers: ReadonlyMap<string, Register>): Anomaly[] {
  const anomalies: Anomaly[] = []
  const assignments = new Map<string, { readonly note: Note; readonly group: string; readonly fresh: Set<string> }>()
  for (const note of history.notes) {
    if (note.do === 'assigned' && note.group !== undefined) {
      assignments.set(note.by, { note, group: note.group, fresh: new Set(note.partitions) })
    } else if (note.do === 'sought') assignments.get(note.by)?.fresh.delete(note.partition)
    else if (note.do === 'polled') {
      const assignment = assignments.get(note.by)
      if (assignment === undefined) continue
      for (const record of note.records) {
        const [partition, offset] = record
        if (!assignment.fresh.delete(partition)) continue
        const register = registers.get(`${assignment.group} ${partition}`)
        // The offset was asked for at some time between the assignment and this.
        const possible = [...(register?.possible(assignment.note.at, note.at) ?? [0])]
        const rank = countBelow(history.visible(partition, 'read_committed'), offset)
        if (rank >= Math.min(...possible)) continue
        anomalies.push({
          name: 'commit-lost',
          text: `${note.by} of ${assignment.group} starts in ${partition} at ${offset}, below what the group had committed`,
          evidence: [assignment.note, { ...note, records: [record] }, ...(register?.last(assignment.note.at) ?? [])],
        })
      }
    }
  }
  return anomalies
}

/** The commits of one group and partition. */
class Register {
  readonly #history: History
  readonly #partition: string
  readonly #commits: {
    readonly commit: Operation<CommitCall>
    readonly rank: number
    readonly answeredAt: number
    readonly end: number
  }[] = []

  constructor(history: History, partition: string) {
    this.#history = history
    this.#partition = partition
  }

  /** How many records are below an offset. */
  rank(offset: number): number {
    return countBelow(this.#history.visible(this.#partition, 'read_committed'), offset)
  }

  add(commit: Operation<CommitCall>): void {
    const { call, completed, outcome } = commit
    if (outcome === 'fail') return
    // A commit of a transaction takes effect with its end, if at all.
    const end = call.transaction === undefined ? commit : this.#history.ends.get(call.transaction)
    if (end === undefined || end.outcome === 'fail' || ('commit' in end.call && !end.call.commit)) return
    const rank = this.rank(completed?.offset ?? call.offset)
    // A commit that the coordinator of transactions has taken is carried out whatever becomes of the broker.
    const endless = call.transaction !== undefined && end.outcome === 'info'
    const effectEnd = endless ? Number.POSITIVE_INFINITY : this.#history.effectEnd(end, call.repeats)
    this.#commits.push({
      commit: { ...commit, outcome: end.outcome },
      rank,
      answeredAt: end.completed?.at ?? Number.POSITIVE_INFINITY,
      end: effectEnd,
    })
  }

  /** The ranks that can be found between two moments. */
  possible(from: number, to: number): Set<number> {
    const sure = this.#commits.filter(({ commit, answeredAt }) => commit.outcome === 'ok' && answeredAt < from)
    const ranks = new Set<number>(sure.length === 0 ? [0] : [])
    const lastSure = Math.max(Number.NEGATIVE_INFINITY, ...sure.map(({ commit }) => commit.invoked.at))
    for (const { commit, rank, end } of this.#commits) {
      if (commit.invoked.at < to && end >= lastSure) ranks.add(rank)
    }
    return ranks
  }

  /** The lines of the last commit that was surely over at `at`. */
  last(at: number): ReturnType<typeof linesOf> {
    const last = this.#commits.filter(({ commit, answeredAt }) => commit.outcome === 'ok' && answeredAt < at).at(-1)
    return last === undefined ? [] : linesOf(last.commit)
  }
}
