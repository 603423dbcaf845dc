/**
 * An expression as the instructions of a machine that follows all ways through it at once (Thompson's construction), so that
 * no expression takes longer than its size times the text's.
 */
import { invalid } from './invalid.ts'
import type { Node, Place, Test } from './syntax.ts'

/** One instruction; numbers are places in the program. */
export type Instruction =
  | { readonly type: 'one'; readonly test: Test; readonly next: number }
  | { readonly type: 'assert'; readonly place: Place; readonly next: number }
  | { type: 'either'; first: number; second: number }
  | { readonly type: 'match' }

/** Instructions beyond which an expression is refused: repetitions of repetitions multiply. */
const MAX_INSTRUCTIONS = 10_000

/** The program begins with its last instruction. Throws INVALID_REGULAR_EXPRESSION for one that is too large. */
export const compile = (node: Node): readonly Instruction[] => {
  const program: Instruction[] = [{ type: 'match' }]
  const start = emit(program, node, 0)
  return [...program, { type: 'either', first: start, second: start }]
}

/** Writes the node's instructions, after which comes `next`; where they begin. */
const emit = (program: Instruction[], node: Node, next: number): number => {
  switch (node.type) {
    case 'empty':
      return next
    case 'one':
      return push(program, { type: 'one', test: node.test, next })
    case 'assert':
      return push(program, { type: 'assert', place: node.place, next })
    case 'sequence':
      return node.nodes.reduceRight((then, part) => emit(program, part, then), next)
    case 'choice':
      return node.nodes
        .map(part => emit(program, part, next))
        .reduceRight((second, first) => push(program, { type: 'either', first, second }))
    case 'repeat':
      return repeat(program, node, next)
  }
}

const repeat = (
  program: Instruction[],
  { node, min, max }: Extract<Node, { type: 'repeat' }>,
  next: number,
): number => {
  let start = next
  if (max === Number.POSITIVE_INFINITY) {
    const loop: Instruction = { type: 'either', first: next, second: next }
    start = push(program, loop)
    loop.first = emit(program, node, start)
  } else {
    for (let count = min; count < max; count++) {
      const first = emit(program, node, start)
      start = push(program, { type: 'either', first, second: next })
    }
  }
  for (let count = 0; count < min; count++) start = emit(program, node, start)
  return start
}

const push = (program: Instruction[], instruction: Instruction): number => {
  if (program.length >= MAX_INSTRUCTIONS) throw invalid('it is too large')
  return program.push(instruction) - 1
}
