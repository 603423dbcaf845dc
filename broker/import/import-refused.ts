/** The import can't be done, and nothing was changed. */
export class ImportRefused extends Error {
  /** For people, a line each. */
  readonly problems: readonly string[]

  /** @param problems at least one */
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ImportRefused'
    this.problems = problems
  }
}

/** Throws ImportRefused if there are any. */
export const refuseAny = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new ImportRefused(problems)
}
