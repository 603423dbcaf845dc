import { inEitherCase, not, posixClasses } from './character-class.ts'
import type { Cursor } from './cursor.ts'
import { escaped } from './escapes.ts'
import { invalid } from './invalid.ts'
import type { Test } from './syntax.ts'

/** Reads what stands between brackets, after the opening one. */
export class ClassReader {
  readonly #cursor: Cursor

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  /** Throws INVALID_REGULAR_EXPRESSION. `ignoreCase`: the members count in either case. */
  read(ignoreCase: boolean): Test {
    const negated = this.#cursor.takes('^')
    const tests: Test[] = []
    do tests.push(this.#member())
    while (!this.#cursor.takes(']'))
    const any: Test = c => tests.some(test => test(c))
    const meant = ignoreCase ? inEitherCase(any) : any
    return negated ? not(meant) : meant
  }

  /** A character, a range, or a set by name. */
  #member(): Test {
    const posix = this.#cursor.takesMatch(/\[:(\^?)(\w+):\]/y)
    if (posix !== null) {
      const test = posixClasses.get(posix[2]!)
      if (test === undefined) throw invalid(`there are no characters ${posix[0]}`)
      return posix[1] === '^' ? not(test) : test
    }
    const from = this.#character()
    if (typeof from !== 'number') return from
    if (this.#cursor.sees('-]') || !this.#cursor.takes('-')) return c => c === from
    const to = this.#character()
    if (typeof to !== 'number' || to < from) throw invalid('a range that goes backwards')
    return c => c >= from && c <= to
  }

  #character(): number | Test {
    return this.#cursor.takes('\\') ? escaped(this.#cursor) : this.#cursor.next()
  }
}
