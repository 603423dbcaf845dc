/** What a regular expression is made of. */

/** Whether a code point is among those that are meant. */
export type Test = (codePoint: number) => boolean

/** Where an assertion holds: at a place between two characters. */
export type Place = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary'

/** A part of an expression. Groups and greed don't matter to whether a text matches. */
export type Node =
  | { readonly type: 'empty' }
  | { readonly type: 'one'; readonly test: Test }
  | { readonly type: 'assert'; readonly place: Place }
  | { readonly type: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly type: 'choice'; readonly nodes: readonly Node[] }
  /** `max` may be Infinity. */
  | { readonly type: 'repeat'; readonly node: Node; readonly min: number; readonly max: number }

/** `\w`: ASCII only, as in RE2. */
export const isWord: Test = c =>
  (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f
