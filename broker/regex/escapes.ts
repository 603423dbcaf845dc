import { not, perlClasses, unicodeClass } from './character-class.ts'
import type { Cursor } from './cursor.ts'
import { invalid } from './invalid.ts'
import type { Test } from './syntax.ts'

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
])

/** What follows a backslash, inside of brackets or not: a code point, or a set. Throws INVALID_REGULAR_EXPRESSION. */
export const escaped = (cursor: Cursor): number | Test => {
  const named = cursor.takesMatch(/([pP])(?:\{(\^?)(\w+)\}|([A-Za-z]))/y)
  if (named !== null) {
    const test = unicodeClass(named[3] ?? named[4]!)
    return (named[1] === 'P') !== (named[2] === '^') ? not(test) : test
  }
  const hexadecimal = cursor.takesMatch(/x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))/y)
  if (hexadecimal !== null) return codePoint(Number.parseInt(hexadecimal[1] ?? hexadecimal[2]!, 16))
  const octal = cursor.takesMatch(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y)
  if (octal !== null) return Number.parseInt(octal[0], 8)
  const next = cursor.next()
  const character = String.fromCodePoint(next)
  const known = perlClasses.get(character) ?? controls.get(character)
  if (known !== undefined) return known
  if (next > 0x7f || /[A-Za-z0-9]/.test(character)) throw invalid(`the escape \\${character}`)
  return next
}

const codePoint = (value: number): number => {
  if (value > 0x10ffff) throw invalid('a character beyond all')
  return value
}
