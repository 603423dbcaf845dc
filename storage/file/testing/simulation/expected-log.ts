/**
 * What one log must hold while a simulated disk fails under it: all that was acknowledged, and what calls that haven't ended, or ended badly, may
 * or may not have done.
 */
import * as header from '../../../../protocol/records/batch.ts'
import type { Batch, Bounds, LogId, LogOptions, Offset, ReadOptions, Segments } from '../../../engine.ts'
import { ExpectedCheckpoints } from './expected-checkpoints.ts'

/** What a rewrite makes of a batch; null: it goes. */
export type Fate = (batch: Batch) => Buffer | null

/** How the life ended that a log is checked after. */
export type Ending = 'stop' | 'kill' | 'power'

const INFINITE = Number.POSITIVE_INFINITY

type Form = Buffer | null

/** A batch that was acknowledged. */
interface Entry {
  readonly batch: Batch
  /** As it was written, or as the last rewrite left it; null: removed. */
  form: Form
  /** What a rewrite that hasn't ended, or ended badly, may have made of it. */
  maybe: Form[]
  /** What it was before rewrites that a loss of power may undo. */
  older: Form[]
}

/** Offsets that can't be read, half open, which the engine tells. */
export interface Stretch {
  readonly from: Offset
  readonly to: Offset
}

/** What a log holds when all of it is read. */
export interface Found {
  readonly batches: readonly Buffer[]
  readonly damage: readonly Stretch[]
}

/** One log, as it must be. */
export class ExpectedLog {
  readonly id: LogId
  options: LogOptions
  start: Offset = 0
  end: Offset = 0
  /** The highest start that a trim may have set that hasn't ended well. */
  startAtMost: Offset = 0
  /** What a clean stop has made safe from a loss of power. */
  safeEnd: Offset = 0
  /** Whether a loss of power can't undo its creation. */
  safe = false
  /** Batches of the append under way. */
  appending: readonly Batch[] | null = null
  /** A call that appends hasn't been answered. */
  asked = false
  /** Batches of the append under way that were seen. */
  shown: readonly Batch[] | null = null
  rewriting = false
  /** Where the last read ended. */
  nextRead: Offset = 0
  checkpointing = false
  /** What is damaged for good, from the start on. */
  damage: readonly Stretch[] = []
  readonly checkpoints = new ExpectedCheckpoints()
  readonly #journaled: boolean
  #entries: Entry[] = []
  /** What appends tried to add behind the end that weren't acknowledged, and may be there after a restart. */
  #limbo: (readonly Batch[])[] = []
  /** What was refused since a loss of power or a stop: without a journal a loss of power may bring it back. */
  #refused: Batch[] = []

  /** @param journaled whether a loss of power takes nothing that was acknowledged, and brings nothing back that was refused. */
  constructor(id: LogId, options: LogOptions, journaled: boolean) {
    this.id = id
    this.#journaled = journaled
    this.options = options
  }

  /** The append under way is acknowledged. */
  appended(): void {
    if (this.shown === null) this.#append()
    this.shown = null
  }

  /** A reader may see an append before its answer, or without one; then it can't be undone any more. */
  show(end: Offset): void {
    if (end <= this.end) return
    const shown = [this.appending ?? [], ...this.#limbo].find(batches => (batches.at(-1)?.lastOffset ?? -1) + 1 === end)
    if (shown === undefined) return
    if (shown === this.appending) this.shown = shown
    this.appending = shown
    this.#append()
  }

  /** A reader got this batch: only whole appends come into sight. */
  see(seen: Buffer): void {
    for (const batches of [this.appending ?? [], ...this.#limbo])
      if (batches.some(({ bytes }) => bytes.equals(seen))) this.show(batches.at(-1)!.lastOffset + 1)
  }

  /** An answer says where the log ends: so that is what became of appends that weren't answered. */
  catchUp(end: Offset): void {
    const own = this.appending
    this.appending = null
    this.show(end)
    this.appending = own
  }

  /** No loss of power can take what ends at or below. */
  flushed(end: Offset): void {
    this.safeEnd = Math.max(this.safeEnd, end)
    this.safe = true
  }

  /** The append under way has ended without an acknowledgement. `maybe`: it may have been done all the same. */
  notAppended(maybe: boolean): void {
    this.shown = null
    if (maybe && this.appending !== null) this.#limbo.push(this.appending)
    else if (this.appending !== null && !this.#journaled) this.#refused.push(...this.appending)
    this.appending = null
  }

  /** A trim begins; `trimmed` says that it ended well. Returns what it raises the start to at least. */
  trimming(start: Offset): Offset {
    const end = (this.appending?.at(-1)?.lastOffset ?? -1) + 1
    this.startAtMost = Math.max(this.startAtMost, Math.min(start, Math.max(end, this.end)))
    return Math.min(start, this.end)
  }

  trimmed(to: Offset): void {
    this.start = Math.max(this.start, to)
    this.#entries = this.#entries.filter(({ batch }) => batch.lastOffset >= this.start)
  }

  /** A rewrite of batches in [from, to) begins; `rewritten` says that all of it is done. */
  rewrites(from: Offset, to: Offset, fate: Fate): void {
    this.rewriting = true
    for (const entry of this.#entriesIn(from, to))
      for (const form of [entry.form, ...entry.maybe]) {
        const next = form === null ? null : fate({ ...entry.batch, bytes: form })
        if (![entry.form, ...entry.maybe].some(known => same(known, next))) entry.maybe.push(next)
      }
  }

  rewritten(from: Offset, to: Offset, fate: Fate): void {
    for (const entry of this.#entriesIn(from, to)) {
      const certain = entry.maybe.length <= 1
      const next = entry.form === null ? null : fate({ ...entry.batch, bytes: entry.form })
      if (!certain || same(next, entry.form)) continue
      entry.older.push(entry.form)
      entry.form = next
      entry.maybe = []
    }
  }

  /** Whether there is damage in [from, to), as far as it isn't below the start, where nobody sees it. */
  isDamagedIn(from: Offset, to: Offset): boolean {
    return this.damage.some(stretch => stretch.to > from && stretch.from < to)
  }

  /** Whether nothing is under way, or in doubt, that a reader may see. */
  get certain(): boolean {
    return this.startAtMost <= this.start && this.#entries.every(entry => entry.maybe.length === 0)
  }

  /** Batches as they are, from the start on. */
  get batches(): Batch[] {
    return this.#entries.flatMap(({ batch, form }) => (form === null ? [] : [{ ...batch, bytes: form }]))
  }

  /** A clean stop: no loss of power can take what is there. */
  stopped(): void {
    this.safeEnd = this.end
    this.#survived()
  }

  /** The expected bounds against those found; what is wrong, or null. */
  checkBounds({ start, committed, end }: Bounds): string | null {
    this.show(end)
    if (end !== this.end || committed !== end) return `it ends at ${end} (committed ${committed}), not at ${this.end}`
    if (start < this.start || start > this.startAtMost)
      return `it starts at ${start}, not between ${this.start} and ${this.startAtMost}`
    return null
  }

  /** The same for segments; where the contents are in doubt only for what holds all the same. */
  checkSegments({ segments }: Segments): string | null {
    this.show(segments.at(-1)?.end ?? 0)
    for (const [index, { start, end, maxTimestamp, maxTimestampOffset }] of segments.entries()) {
      const next = segments[index + 1]?.start ?? this.end
      if (end !== next || start > end) return `a segment covers [${start}, ${end}), and the next begins at ${next}`
      if (!this.certain || start < this.start || this.damage.length > 0) continue
      const inside = this.batches.filter(({ baseOffset }) => baseOffset >= start && baseOffset < end)
      const greatest = Math.max(-1, ...inside.map(batch => batch.maxTimestamp))
      const first = inside.find(batch => greatest >= 0 && batch.maxTimestamp === greatest)?.lastOffset ?? -1
      if (maxTimestamp !== greatest || maxTimestampOffset !== first)
        return `the segment at ${start} says ${maxTimestamp} at ${maxTimestampOffset}, not ${greatest} at ${first}`
    }
    return null
  }

  /** Whether a read of at most `maxBytes` from `from` on may have found these batches; what is wrong, or null. */
  checkRead(
    found: readonly Buffer[],
    from: Offset,
    { maxBytes, before = INFINITE, atLeastOne = false }: ReadOptions,
  ): string | null {
    const last = found.at(-1)
    if (last !== undefined) this.see(last)
    const entries = this.#entries.filter(({ batch }) => batch.lastOffset >= Math.max(from, this.start))
    let index = 0
    let room = maxBytes
    for (const [number, bytes] of found.entries()) {
      for (; ; index++) {
        const entry = entries[index]
        if (entry === undefined) return `nobody appended the batch at ${header.baseOffset(bytes, 0)}, or it was gone`
        if ([entry.form, ...entry.maybe].some(form => form?.equals(bytes))) break
        const wrong = this.#mustHave(entry, entry.batch.baseOffset === header.baseOffset(bytes, 0))
        if (wrong !== null) return wrong
      }
      const { batch } = entries[index++]!
      if (this.#isHidden(number === 0 ? from : header.baseOffset(found[number - 1]!, 0), batch.baseOffset))
        return `the read goes over damage before ${batch.baseOffset}`
      if (batch.baseOffset >= before) return `the batch at ${batch.baseOffset} isn't before ${before}`
      room -= bytes.length
      if (room < 0 && !(atLeastOne && number === 0)) return `${-room} bytes more than were asked for`
    }
    const rest = entries.slice(index)
    const next = rest.find(({ form }) => form !== null)
    if (next !== undefined && this.#isHidden(from, next.batch.baseOffset)) return null
    return this.#checkStop(rest, room, before, atLeastOne && found.length === 0)
  }

  /**
   * Compares a log with what it must be after a restart, and takes over what is found where that is uncertain. What is wrong, or null.
   * @param floor what ends at or below it is safe, however the life ended.
   */
  adopt(found: Found, bounds: Bounds, ending: Ending, floor: Offset): string | null {
    const last = this.appending
    const limbo = last === null ? this.#limbo : [...this.#limbo, last]
    this.appending = this.shown = null
    this.#limbo = []
    this.rewriting = this.checkpointing = this.asked = false
    // Where nothing was safe a loss of power may also take the first segments.
    const headLost = ending === 'power' && floor <= this.start && bounds.start <= Math.max(this.end, bounds.end)
    if (bounds.start < this.start || (bounds.start > this.startAtMost && !headLost))
      return `it starts at ${bounds.start}, not between ${this.start} and ${this.startAtMost}`
    if (ending === 'power') this.#takeRefused(found.batches, floor)
    if (bounds.end > this.end) this.#takeFromLimbo(limbo, bounds.end, found)
    else if (bounds.end < this.end && ending === 'power' && bounds.end >= floor) this.#loseTail(bounds)
    if (bounds.end !== this.end) return `it ends at ${bounds.end}, not at ${this.end} (safe up to ${floor})`
    this.start = this.startAtMost = bounds.start
    this.#entries = this.#entries.filter(({ batch }) => batch.lastOffset >= this.start)
    const wrong = this.#adoptDamage(found.damage, floor) ?? this.#adoptForms(found.batches, ending)
    if (ending === 'power') this.#survived()
    return wrong
  }

  /** What is there is on the medium; that it ends there is safe only when it was flushed: what stands behind damage may go with a tail torn later. */
  #survived(): void {
    this.safe = true
    this.#refused = []
    for (const entry of this.#entries) entry.older = []
  }

  #append(): void {
    for (const batch of this.appending ?? []) this.#add(batch)
    if (!this.#journaled) this.#refused.push(...this.#limbo.flat())
    this.#limbo = []
    this.appending = null
  }

  #add(batch: Batch): void {
    this.#entries.push({ batch, form: batch.bytes, maybe: [], older: [] })
    this.end = batch.lastOffset + 1
  }

  #entriesIn(from: Offset, to: Offset): Entry[] {
    return this.#entries.filter(({ batch }) => batch.baseOffset >= from && batch.baseOffset < to)
  }

  /** Where a batch that was refused is in the place of others, these are lost; what follows it must have been sent too. */
  #takeRefused(found: readonly Buffer[], floor: Offset): void {
    const refused = found.map(bytes => this.#refused.find(batch => batch.bytes.equals(bytes)))
    const first = refused.findIndex(batch => batch !== undefined && batch.baseOffset >= floor)
    if (first < 0) return
    const base = refused[first]!.baseOffset
    const lost = this.#entries.filter(({ batch }) => batch.lastOffset >= base).map(({ batch }) => batch)
    this.#entries = this.#entries.filter(({ batch }) => batch.lastOffset < base)
    for (const [index, bytes] of found.entries()) {
      if (index < first) continue
      const sent = refused[index] ?? lost.find(batch => batch.bytes.equals(bytes))
      if (sent !== undefined) this.#add(sent)
    }
  }

  #takeFromLimbo(limbo: readonly (readonly Batch[])[], end: Offset, { batches }: Found): void {
    const isThere = ({ bytes }: Batch): boolean => batches.some(found => found.equals(bytes))
    const taken = limbo.find(tried => tried.some(batch => batch.lastOffset + 1 === end && isThere(batch)))
    for (const batch of taken ?? []) if (batch.lastOffset < end) this.#add(batch)
  }

  #loseTail({ start, end }: Bounds): void {
    const isBoundary = end === start || this.#entries.some(({ batch }) => batch.lastOffset + 1 === end)
    if (!isBoundary) return
    this.#entries = this.#entries.filter(({ batch }) => batch.lastOffset < end)
    this.checkpoints.loseBeyond(end)
    this.end = end
  }

  /** What was damaged above the floor is lost; below there is none but what was known. */
  #adoptDamage(found: readonly Stretch[], floor: Offset): string | null {
    for (const { from, to } of found) {
      const known = this.damage.some(stretch => stretch.from <= from && to <= stretch.to)
      if (!known && from < floor) return `[${from}, ${to}) counts as damaged, and all below ${floor} is safe`
    }
    this.damage = found
    const isHidden = ({ baseOffset }: Batch): boolean =>
      found.some(({ from, to }) => baseOffset >= from && baseOffset < to)
    this.#entries = this.#entries.filter(({ batch }) => !isHidden(batch))
    return null
  }

  #adoptForms(found: readonly Buffer[], ending: Ending): string | null {
    const there = new Map(found.map(bytes => [header.baseOffset(bytes, 0), bytes]))
    for (const entry of this.#entries) {
      const bytes = there.get(entry.batch.baseOffset) ?? null
      there.delete(entry.batch.baseOffset)
      const known = [entry.form, ...entry.maybe]
      const allowed = ending === 'power' ? [...known, ...entry.older] : known
      const form = allowed.find(candidate => same(candidate, bytes))
      if (form === undefined)
        return `the batch at ${entry.batch.baseOffset} ${bytes === null ? 'is lost' : 'is another'}`
      entry.older = ending === 'kill' ? [...entry.older, ...known.filter(other => other !== form)] : []
      entry.form = form
      entry.maybe = []
    }
    return there.size === 0 ? null : `nobody appended the batches at ${[...there.keys()]}, or they were gone`
  }

  /** Whether damage begins between two offsets. */
  #isHidden(from: Offset, to: Offset): boolean {
    const least = Math.max(from, this.startAtMost)
    return this.damage.some(stretch => stretch.to > least && stretch.from < to)
  }

  /** What is wrong if this entry isn't there. */
  #mustHave(entry: Entry, another: boolean): string | null {
    const { form, maybe, batch } = entry
    if (another) return `the batch at ${batch.baseOffset} is another`
    const mayBeGone = form === null || maybe.includes(null) || batch.lastOffset < this.startAtMost
    return mayBeGone ? null : `the batch at ${batch.baseOffset} is missing`
  }

  /** What is wrong if a read ended before these. */
  #checkStop(rest: readonly Entry[], room: number, before: Offset, first: boolean): string | null {
    for (const { batch, form, maybe } of rest) {
      if (maybe.length > 0 || batch.lastOffset < this.startAtMost || batch.baseOffset >= before) return null
      if (form === null) continue
      return form.length <= room || first ? `the read ended before the batch at ${batch.baseOffset}` : null
    }
    return null
  }
}

const same = (a: Form, b: Form): boolean => (a === null || b === null ? a === b : a.equals(b))
