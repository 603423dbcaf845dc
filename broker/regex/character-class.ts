/** Sets of characters by name, and characters in either case. */
import { invalid } from './invalid.ts'
import { isWord, type Test } from './syntax.ts'

const range =
  (...bounds: readonly (readonly [from: string, to: string])[]): Test =>
  c =>
    bounds.some(([from, to]) => c >= from.charCodeAt(0) && c <= to.charCodeAt(0))

/** The other characters. */
export const not =
  (test: Test): Test =>
  c =>
    !test(c)

const isSpace: Test = c => c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0c || c === 0x0d

/** `\d`, `\s`, `\w` and their opposites: ASCII only. */
export const perlClasses: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['d', range(['0', '9'])],
  ['D', not(range(['0', '9']))],
  ['s', isSpace],
  ['S', not(isSpace)],
  ['w', isWord],
  ['W', not(isWord)],
])

/** `[:alpha:]` and its kin. */
export const posixClasses: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['alnum', range(['0', '9'], ['A', 'Z'], ['a', 'z'])],
  ['alpha', range(['A', 'Z'], ['a', 'z'])],
  ['ascii', c => c <= 0x7f],
  ['blank', c => c === 0x20 || c === 0x09],
  ['cntrl', c => c <= 0x1f || c === 0x7f],
  ['digit', range(['0', '9'])],
  ['graph', range(['!', '~'])],
  ['lower', range(['a', 'z'])],
  ['print', range([' ', '~'])],
  ['punct', range(['!', '/'], [':', '@'], ['[', '`'], ['{', '~'])],
  ['space', c => isSpace(c) || c === 0x0b],
  ['upper', range(['A', 'Z'])],
  ['word', isWord],
  ['xdigit', range(['0', '9'], ['A', 'F'], ['a', 'f'])],
])

/** `\p{Lu}`, `\p{Greek}`: a general category or a script. Throws INVALID_REGULAR_EXPRESSION for neither. */
export const unicodeClass = (name: string): Test => {
  const category = /^(?:[A-Z][a-z]?|Any)$/.test(name)
  if (!category && !/^[A-Z][A-Za-z_]+$/.test(name)) throw invalid(`there are no characters ${name}`)
  let expression: RegExp
  try {
    expression = new RegExp(`^\\p{${category ? name : `Script=${name}`}}$`, 'u')
  } catch {
    throw invalid(`there are no characters ${name}`)
  }
  return c => expression.test(String.fromCodePoint(c))
}

/** The test in upper and lower case alike. */
export const inEitherCase = (test: Test): Test => {
  return c => {
    const character = String.fromCodePoint(c)
    return test(c) || testAlone(test, character.toLowerCase()) || testAlone(test, character.toUpperCase())
  }
}

/** Some characters become several in the other case: those have no counterpart. */
const testAlone = (test: Test, text: string): boolean => {
  const codePoint = text.codePointAt(0)!
  return text.length === (codePoint > 0xffff ? 2 : 1) && test(codePoint)
}
