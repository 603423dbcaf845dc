/** What the runner and the process that tells the stories say to each other. */

/** To the process: the first message. */
export interface PlayMessage {
  readonly kind: 'play'
  readonly client: string
  /** `host:port` of the broker. */
  readonly address: string
  readonly scenarioIds: readonly string[]
}

/** To the process: the answer to {@link RestartMessage}. */
export interface RestartedMessage {
  readonly kind: 'restarted'
  /** Why the broker was not restarted, where it wasn't: `skip` ends the story as skipped, `fail` as failed. */
  readonly problem?: { readonly kind: 'skip' | 'fail'; readonly reason: string }
}

/** From the process: it begins a story, which has `deadlineMs` from now. */
export interface BeganMessage {
  readonly kind: 'began'
  readonly scenarioId: string
  readonly deadlineMs: number
}

/** From the process: how a story ended. `reason` says why it was skipped or failed. */
export interface EndedMessage {
  readonly kind: 'ended'
  readonly scenarioId: string
  readonly verdict: Verdict
  readonly reason: string
  readonly tookMs: number
}

/** From the process: end the broker and start it on the same data. */
export interface RestartMessage {
  readonly kind: 'restart'
  readonly how: 'stop' | 'kill'
}

/** How a story can end. */
export type Verdict = 'passed' | 'failed' | 'skipped'
