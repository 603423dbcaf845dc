/** What a check with Kafka's own software is, and what it works with. */

/** One thing that must be so beside a real Kafka or in the eyes of its tools. */
export interface Check {
  /** Short and unique, kebab-case. */
  readonly id: string
  /** A sentence that says what must be so. */
  readonly title: string
  /** Resolves when all was as it must be, rejects otherwise. What it starts it ends. */
  run(stage: CheckStage): Promise<void>
}

/** What a check is given. */
export interface CheckStage {
  /** Empty, and the runner's to remove. */
  readonly directory: string
  /** The entry of the `samsa` command, a JavaScript file. */
  readonly samsaBin: string
}
