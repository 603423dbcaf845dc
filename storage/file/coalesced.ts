/**
 * Work that serves all who asked for it before it began: a sync, a file that is written anew.
 */

/** One such piece of work. It runs once at a time. */
export class Coalesced {
  readonly #work: () => Promise<void>
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  /** Resolves or rejects as a run does that began after this call; calls while one is under way share the next. */
  run(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#work().finally(() => {
        this.#running = null
      })
      return this.#running
    }
    this.#next ??= this.#running
      .catch(() => {
        // Told to those who waited for it; the next run says for itself how it went.
      })
      .then(() => {
        this.#next = null
        return this.run()
      })
    return this.#next
  }
}
