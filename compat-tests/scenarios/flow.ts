/** Sending that goes on while a story does something else. */

/** Calls `send` again and again, from its making until it is stopped or a call fails. */
export class Flow {
  #flowing = true
  #failure: unknown
  readonly #ended: Promise<void>

  constructor(send: () => Promise<void>) {
    this.#ended = this.#run(send)
  }

  /** Throws what a call failed with, if one did: probes of a story that waits for the flow call it. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Resolves when the last call has ended; rejects where one failed. */
  async stop(): Promise<void> {
    this.#flowing = false
    await this.#ended
    this.check()
  }

  async #run(send: () => Promise<void>): Promise<void> {
    try {
      while (this.#flowing) await send()
    } catch (error) {
      this.#failure = error
    }
  }
}
