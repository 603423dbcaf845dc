/**
 * What a broker answered, as text: per exchange its steps, per step the answer in each version. Versions with the same
 * answer share a line, so that a reader sees where the protocol changed.
 */

/** One step: a request, in one or more versions, and what came back. */
export interface Step {
  readonly label: string
  /** By version. */
  readonly answers: Map<number, string>
}

/** One exchange as it was played. */
export interface Played {
  readonly id: string
  readonly steps: readonly Step[]
}

/** The text of a theme's exchanges, under a heading that names the broker. */
export const writeTranscript = (broker: string, exchanges: readonly Played[]): string => {
  const lines = [`# answers of ${broker}`]
  for (const { id, steps } of exchanges) {
    lines.push('', `## ${id}`)
    for (const step of steps) lines.push(step.label, ...grouped(step.answers))
  }
  return `${lines.join('\n')}\n`
}

const grouped = (answers: ReadonlyMap<number, string>): readonly string[] => {
  const groups: { from: number; to: number; text: string }[] = []
  for (const [version, text] of [...answers].sort(([a], [b]) => a - b)) {
    const last = groups.at(-1)
    if (last !== undefined && last.text === text && last.to === version - 1) last.to = version
    else groups.push({ from: version, to: version, text })
  }
  return groups.map(({ from, to, text }) => `  ${from === to ? from : `${from}-${to}`} ${text}`)
}

/** Reads what `writeTranscript` wrote. Fails with an Error naming a line that it can't read. */
export const readTranscript = (text: string): readonly Played[] => {
  const exchanges: { id: string; steps: Step[] }[] = []
  for (const line of text.split('\n').slice(1)) {
    if (line === '') continue
    const answer = /^ {2}(\d+)(?:-(\d+))? (.*)$/.exec(line)
    const exchange = exchanges.at(-1)
    const step = exchange?.steps.at(-1)
    if (line.startsWith('## ')) exchanges.push({ id: line.slice(3), steps: [] })
    else if (answer === null && exchange !== undefined) exchange.steps.push({ label: line, answers: new Map() })
    else if (answer !== null && step !== undefined) {
      const to = Number(answer[2] ?? answer[1])
      for (let version = Number(answer[1]); version <= to; version++) step.answers.set(version, answer[3]!)
    } else throw new Error(`not a line of a transcript: ${line}`)
  }
  return exchanges
}

/** Where two brokers answered differently. */
export interface Difference {
  readonly exchange: string
  readonly step: string
  readonly version: number
  readonly recorded: string
  readonly answered: string
}

/** All differences of one exchange; a step or version that only one of them has differs too. */
export const differences = (recorded: Played | undefined, answered: Played): readonly Difference[] => {
  const found: Difference[] = []
  const labels = new Set([...(recorded?.steps ?? []), ...answered.steps].map(({ label }) => label))
  for (const step of labels) {
    const before = recorded?.steps.find(({ label }) => label === step)?.answers
    const now = answered.steps.find(({ label }) => label === step)?.answers
    for (const version of new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])])) {
      const [was, is] = [before?.get(version) ?? '(not asked)', now?.get(version) ?? '(not asked)']
      if (was !== is) found.push({ exchange: answered.id, step, version, recorded: was, answered: is })
    }
  }
  return found
}
