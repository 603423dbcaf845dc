/**
 * The checkpoints of one log, as they were saved.
 */
import type { Checkpoint, Offset } from '../../../engine.ts'

/** A checkpoint that was saved, or that may have been. */
export interface ExpectedCheckpoint {
  readonly at: Offset
  readonly parts: ReadonlyMap<string, Buffer>
  /** It was acknowledged, and nothing that happened since may have taken it. */
  sure: boolean
}

/** The checkpoints of one log. */
export class ExpectedCheckpoints {
  /** Ascending. */
  #saved: ExpectedCheckpoint[] = []
  /** Those whose offsets were lost with a tail: only their parts of the log may still be there. */
  readonly #beyond: ExpectedCheckpoint[] = []

  /** Where the last one is, if there is one. */
  get last(): Offset | undefined {
    return this.#saved.at(-1)?.at
  }

  /** One is going to be saved, at or behind the last. */
  add(at: Offset, parts: ReadonlyMap<string, Buffer>): ExpectedCheckpoint {
    const checkpoint = { at, parts, sure: false }
    this.#saved.push(checkpoint)
    return checkpoint
  }

  /** The log ends there now. */
  loseBeyond(end: Offset): void {
    this.#beyond.push(...this.#saved.filter(({ at }) => at > end))
    this.#saved = this.#saved.filter(({ at }) => at <= end)
  }

  /**
   * The checkpoint that was loaded against those saved; what is wrong, or null.
   * @param losses whether a loss of power may have taken some: what is there then stays.
   */
  check(loaded: Checkpoint | null, end: Offset, losses = false): string | null {
    const newest = this.#saved.findLast(({ sure }) => sure)
    if (losses) this.#adopt(loaded)
    if (loaded === null) return newest === undefined || losses ? null : `the checkpoint at ${newest.at} is lost`
    const { at, parts } = loaded
    if (at > end) return `a checkpoint at ${at}, beyond the end ${end}`
    if (newest !== undefined && at < newest.at && !losses) return `the checkpoint at ${newest.at} is lost for ${at}`
    const same = this.#saved.filter(saved => saved.at === at)
    if (same.length === 0) return `nobody saved a checkpoint at ${at}`
    for (const [name, content] of parts) {
      const candidates = name.startsWith('.') ? same : [...this.#saved, ...this.#beyond]
      if (!candidates.some(saved => saved.parts.get(name)?.equals(content)))
        return `the checkpoint at ${at} has a ${name} of ${content.length} bytes that nobody saved so`
    }
    const missing = [...same.at(-1)!.parts.keys()].find(name => !parts.has(name))
    return same.length === 1 && same[0]!.sure && missing !== undefined
      ? `the checkpoint at ${at} has no ${missing}`
      : null
  }

  /** What is there whole is sure, all else isn't any more. */
  #adopt(loaded: Checkpoint | null): void {
    for (const saved of this.#saved)
      saved.sure &&= saved.at === loaded?.at && [...saved.parts.keys()].every(name => loaded.parts.has(name))
  }
}
