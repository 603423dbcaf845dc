/**
 * What a log must hold, kept beside an engine that may be killed: all that was acknowledged, and what the call that was under way may or may
 * not have done.
 */
import * as header from '../../../protocol/records/batch.ts'
import { contents } from '../../conformance/suite.ts'
import type { Batch, Log, Offset } from '../../engine.ts'

type Pending =
  | { readonly kind: 'append'; readonly batches: readonly Batch[] }
  | { readonly kind: 'trim'; readonly start: Offset }
  | { readonly kind: 'rewrite'; readonly from: Offset; readonly to: Offset; readonly keeps: (base: Offset) => boolean }

export class LogModel {
  start: Offset = 0
  end: Offset = 0
  /** In order; those that end below `start` may be there or not. */
  batches: { readonly base: Offset; readonly last: Offset; readonly bytes: Buffer }[] = []
  #pending: Pending | null = null

  /** Before the engine is asked. */
  begin(pending: Pending): void {
    this.#pending = pending
  }

  /** After it has answered well. */
  done(): void {
    const pending = this.#pending
    this.#pending = null
    if (pending?.kind === 'append') this.#append(pending.batches)
    else if (pending?.kind === 'trim') this.start = Math.max(this.start, Math.min(pending.start, this.end))
    else if (pending?.kind === 'rewrite') {
      const { from, to, keeps } = pending
      this.batches = this.batches.filter(({ base }) => base < from || base >= to || keeps(base))
    }
  }

  /** After it has refused, with nothing done. */
  refused(): void {
    this.#pending = null
  }

  /**
   * Compares a log with the model, and takes over what the pending call turns out to have done. Returns what is wrong, or null.
   */
  async check(log: Log): Promise<string | null> {
    const pending = this.#pending
    this.#pending = null
    const bounds = await log.bounds()
    const found = await contents(log)
    if (pending?.kind === 'append') {
      const kept = pending.batches.filter(({ lastOffset }) => lastOffset < bounds.end)
      this.#append(kept)
    }
    if (bounds.end !== this.end) return `end ${bounds.end}, not ${this.end}`
    const trimmed = pending?.kind === 'trim' ? Math.max(this.start, Math.min(pending.start, this.end)) : this.start
    // Killed half-way through, a trim has removed segments whose end isn't yet written as the start.
    if (bounds.start < this.start || bounds.start > trimmed)
      return `start ${bounds.start}, neither ${this.start} nor ${trimmed}`
    this.start = bounds.start
    return this.#checkBatches(found, pending?.kind === 'rewrite' ? pending : null)
  }

  #checkBatches(found: readonly Buffer[], rewrite: (Pending & { kind: 'rewrite' }) | null): string | null {
    const there = new Map(found.map(bytes => [header.baseOffset(bytes, 0), bytes]))
    const live = this.batches.filter(({ last }) => last >= this.start)
    const stays: typeof this.batches = []
    for (const batch of live) {
      const bytes = there.get(batch.base)
      const mayGo =
        rewrite !== null && batch.base >= rewrite.from && batch.base < rewrite.to && !rewrite.keeps(batch.base)
      if (bytes === undefined && !mayGo) return `the batch at ${batch.base} is lost`
      if (bytes !== undefined && !bytes.equals(batch.bytes)) return `the batch at ${batch.base} has other bytes`
      if (bytes !== undefined) stays.push(batch)
      there.delete(batch.base)
    }
    if (there.size > 0) return `batches that nobody appended, or that were gone: ${[...there.keys()]}`
    this.batches = stays
    return null
  }

  #append(batches: readonly Batch[]): void {
    for (const { baseOffset, lastOffset, bytes } of batches) {
      this.batches.push({ base: baseOffset, last: lastOffset, bytes })
      this.end = lastOffset + 1
    }
  }
}
