/**
 * Regular expressions of Kafka's APIs: RE2's syntax, which has no look-around and no references to groups, so that a match
 * takes time in proportion to the text. JavaScript's own can take forever, and mean other things by the same characters.
 */
import { parse } from './parse.ts'
import { compile, type Instruction } from './program.ts'
import { isWord, type Place } from './syntax.ts'

/** One expression, compiled. */
export class RegularExpression {
  readonly #program: readonly Instruction[]

  /** Throws INVALID_REGULAR_EXPRESSION for what is none, and for one that is too large. */
  constructor(expression: string) {
    this.#program = compile(parse(expression))
  }

  /** Whether the whole text is as the expression says. */
  matches(text: string): boolean {
    const codePoints = Array.from(text, character => character.codePointAt(0)!)
    let ways = this.#from([this.#program.length - 1], codePoints, 0)
    for (const [index, codePoint] of codePoints.entries()) {
      const next: number[] = []
      for (const at of ways) {
        const instruction = this.#program[at]!
        if (instruction.type === 'one' && instruction.test(codePoint)) next.push(instruction.next)
      }
      if (next.length === 0) return false
      ways = this.#from(next, codePoints, index + 1)
    }
    return [...ways].some(at => this.#program[at]!.type === 'match')
  }

  /** All instructions that are reached without a character, at a place in the text. */
  #from(starts: readonly number[], text: readonly number[], index: number): ReadonlySet<number> {
    const reached = new Set<number>()
    const open = [...starts]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue
      reached.add(at)
      const instruction = this.#program[at]!
      if (instruction.type === 'either') open.push(instruction.first, instruction.second)
      else if (instruction.type === 'assert' && holds(instruction.place, text, index)) open.push(instruction.next)
    }
    return reached
  }
}

const NEWLINE = 0x0a

const holds = (place: Place, text: readonly number[], index: number): boolean => {
  const before = text[index - 1]
  const after = text[index]
  switch (place) {
    case 'textStart':
      return before === undefined
    case 'textEnd':
      return after === undefined
    case 'lineStart':
      return before === undefined || before === NEWLINE
    case 'lineEnd':
      return after === undefined || after === NEWLINE
    default: {
      const boundary = (before !== undefined && isWord(before)) !== (after !== undefined && isWord(after))
      return boundary === (place === 'wordBoundary')
    }
  }
}
