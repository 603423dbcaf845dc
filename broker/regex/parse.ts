/** Reads RE2's syntax. */
import { ClassReader } from './class-reader.ts'
import { inEitherCase } from './character-class.ts'
import { Cursor } from './cursor.ts'
import { escaped } from './escapes.ts'
import { invalid } from './invalid.ts'
import type { Node, Test } from './syntax.ts'

/** Repetitions that may be asked for, and groups in groups. */
const MAX_REPEAT = 1000
const MAX_DEPTH = 200

/** Set by `(?i)` and its kin, for the rest of the group. */
interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly multiline: boolean
}

const NEWLINE = 0x0a

/** Throws INVALID_REGULAR_EXPRESSION for what is no expression. */
export const parse = (expression: string): Node => new Parser(expression).all()

class Parser {
  readonly #cursor: Cursor
  #flags: Flags = { ignoreCase: false, dotAll: false, multiline: false }
  #depth = 0

  constructor(expression: string) {
    this.#cursor = new Cursor(expression)
  }

  all(): Node {
    const node = this.#choice()
    if (!this.#cursor.atEnd) throw invalid('a ) without its (')
    return node
  }

  #choice(): Node {
    const nodes = [this.#sequence()]
    while (this.#cursor.takes('|')) nodes.push(this.#sequence())
    return nodes.length === 1 ? nodes[0]! : { type: 'choice', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (!this.#cursor.atEnd && !this.#cursor.sees('|') && !this.#cursor.sees(')')) {
      if (this.#cursor.takes('\\Q')) nodes.push(...this.#quoted())
      else nodes.push(this.#repeated(this.#atom()))
    }
    return { type: 'sequence', nodes }
  }

  /** What stands between `\Q` and `\E`, as it is. */
  #quoted(): readonly Node[] {
    const text = this.#cursor.until('\\E')
    return Array.from(text, character => this.#literal(character.codePointAt(0)!))
  }

  #repeated(node: Node): Node {
    const count = this.#count()
    if (count === null) return node
    this.#cursor.takes('?') // greed doesn't matter
    const [min, max] = count
    if (this.#count() !== null) throw invalid('a repetition of a repetition')
    return { type: 'repeat', node, min, max }
  }

  #count(): readonly [min: number, max: number] | null {
    if (this.#cursor.takes('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.#cursor.takes('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.#cursor.takes('?')) return [0, 1]
    const found = this.#cursor.takesMatch(/\{(\d+)(,(\d*))?\}/y)
    if (found === null) return null
    const min = Number(found[1])
    const max = found[2] === undefined ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])
    if (min > MAX_REPEAT || (max !== Number.POSITIVE_INFINITY && max > MAX_REPEAT) || max < min)
      throw invalid(`the repetition ${found[0]}`)
    return [min, max]
  }

  #atom(): Node {
    if (this.#cursor.sees('*') || this.#cursor.sees('+') || this.#cursor.sees('?'))
      throw invalid('a repetition of nothing')
    if (this.#cursor.takes('(')) return this.#group()
    const { ignoreCase, dotAll, multiline } = this.#flags
    if (this.#cursor.takes('[')) return { type: 'one', test: new ClassReader(this.#cursor).read(ignoreCase) }
    if (this.#cursor.takes('.')) return { type: 'one', test: dotAll ? () => true : c => c !== NEWLINE }
    if (this.#cursor.takes('^')) return { type: 'assert', place: multiline ? 'lineStart' : 'textStart' }
    if (this.#cursor.takes('$')) return { type: 'assert', place: multiline ? 'lineEnd' : 'textEnd' }
    if (this.#cursor.takes('\\')) return this.#escape()
    return this.#literal(this.#cursor.next())
  }

  #escape(): Node {
    if (this.#cursor.takes('A')) return { type: 'assert', place: 'textStart' }
    if (this.#cursor.takes('z')) return { type: 'assert', place: 'textEnd' }
    if (this.#cursor.takes('b')) return { type: 'assert', place: 'wordBoundary' }
    if (this.#cursor.takes('B')) return { type: 'assert', place: 'noWordBoundary' }
    const meant = escaped(this.#cursor)
    return typeof meant === 'number' ? this.#literal(meant) : this.#one(meant)
  }

  #group(): Node {
    if (++this.#depth > MAX_DEPTH) throw invalid('groups in groups in groups')
    const before = this.#flags
    if (this.#cursor.takes('?')) {
      const rest = this.#afterQuestionMark()
      if (rest === 'flags') {
        this.#depth--
        return { type: 'empty' }
      }
    }
    const node = this.#choice()
    if (!this.#cursor.takes(')')) throw invalid('a ( without its )')
    this.#flags = before
    this.#depth--
    return node
  }

  /** A name, or flags: for the group that follows, or, closed at once, for the rest of the one around. */
  #afterQuestionMark(): 'group' | 'flags' {
    if (this.#cursor.takesMatch(/P?<\w+>/y) !== null) return 'group'
    const found = this.#cursor.takesMatch(/([imsU]*)(?:-([imsU]+))?([:)])/y)
    if (found === null) throw invalid('an unknown kind of group')
    const [, on = '', off = '', end] = found
    if (on === '' && off === '' && end === ')') throw invalid('an empty (?)')
    const set = (flag: string, present: boolean) => (on.includes(flag) || present) && !off.includes(flag)
    const { ignoreCase, dotAll, multiline } = this.#flags
    this.#flags = { ignoreCase: set('i', ignoreCase), dotAll: set('s', dotAll), multiline: set('m', multiline) }
    return end === ':' ? 'group' : 'flags'
  }

  #literal(codePoint: number): Node {
    return this.#one(c => c === codePoint)
  }

  #one(test: Test): Node {
    return { type: 'one', test: this.#flags.ignoreCase ? inEitherCase(test) : test }
  }
}
