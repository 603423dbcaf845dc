import { invalid } from './invalid.ts'

/** A place in an expression that is read. */
export class Cursor {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  /** Whether this comes next. */
  sees(text: string): boolean {
    return this.#text.startsWith(text, this.#at)
  }

  /** Goes past this if it comes next. */
  takes(text: string): boolean {
    const seen = this.sees(text)
    if (seen) this.#at += text.length
    return seen
  }

  /** Goes past what a sticky expression finds here, and returns it. */
  takesMatch(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.#text)
    if (found !== null) this.#at += found[0].length
    return found
  }

  /** The next code point. Throws INVALID_REGULAR_EXPRESSION at the end. */
  next(): number {
    const codePoint = this.#text.codePointAt(this.#at)
    if (codePoint === undefined) throw invalid('it ends too early')
    this.#at += codePoint > 0xffff ? 2 : 1
    return codePoint
  }

  /** What stands before `end`, which is passed; all that is left if it doesn't come. */
  until(end: string): string {
    const found = this.#text.indexOf(end, this.#at)
    const to = found < 0 ? this.#text.length : found
    const text = this.#text.slice(this.#at, to)
    this.#at = found < 0 ? to : to + end.length
    return text
  }
}
