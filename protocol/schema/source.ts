/** What the generators of readers and writers share: collecting functions, and defaults as JavaScript. */
import type { Slot } from './layout.ts'

/** The JavaScript source of one codec, function by function. */
export class Source {
  readonly #functions: string[] = []
  #names = 0

  /** A name that this source doesn't have yet. */
  name(prefix: string): string {
    return `${prefix}${this.#names++}`
  }

  /** Adds `function name(parameters) { lines }`. */
  add(name: string, parameters: string, lines: readonly string[]): void {
    this.#functions.push(`function ${name}(${parameters}) {\n  ${lines.join('\n  ')}\n}`)
  }

  toString(): string {
    return this.#functions.join('\n')
  }
}

/** The default of a field as an expression: a new array or object each time, `none` for no bytes. */
export function literal(slot: Slot): string {
  if (slot.default === null) return 'null'
  switch (slot.type) {
    case 'array':
      return '[]'
    case 'struct':
      return `{ ${slot.body.map(field => `${field.name}: ${literal(field)}`).join(', ')} }`
    case 'bytes':
      return 'none'
    case 'bigint64':
      return `${slot.default}n`
    default:
      return JSON.stringify(slot.default)
  }
}
