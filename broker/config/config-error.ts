/** A setting that cannot be used, in words for the person who wrote it. */
export class ConfigError extends Error {
  /** The setting's name. */
  readonly key: string

  /** @param problem what is wrong and what is allowed; the message is `<key>: <problem>`. */
  constructor(key: string, problem: string) {
    super(`${key}: ${problem}`)
    this.name = 'ConfigError'
    this.key = key
  }
}
