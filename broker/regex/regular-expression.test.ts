import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { RegularExpression } from './regular-expression.ts'

const matches = (expression: string, text: string): boolean => new RegularExpression(expression).matches(text)

test('the whole text must match', t => {
  t.true(matches('abc', 'abc'))
  t.false(matches('abc', 'abcd'))
  t.false(matches('abc', 'xabc'))
  t.true(matches('', ''))
  t.false(matches('', 'a'))
  t.true(matches('a|bc|', 'bc'))
  t.true(matches('a|bc|', ''))
  t.true(matches('.*', 'änything ☕ 😀'))
  t.true(matches('.', '😀'))
  t.false(matches('.', '\n'))
})

test('repetitions are counted', t => {
  t.true(matches('a{2,3}', 'aa'))
  t.false(matches('a{2,3}', 'aaaa'))
  t.true(matches('a{2,}', 'aaaaa'))
  t.true(matches('a{2}b?', 'aa'))
  t.true(matches('(ab){2}', 'abab'))
  t.true(matches('a{0}', ''))
  t.true(matches('a{,3}', 'a{,3}'))
  t.true(matches('a{', 'a{'))
  t.true(matches('(a*)*', 'aaa'))
  t.true(matches('(|a)+b', 'aab'))
  t.true(matches('a{1000}', 'a'.repeat(1000)))
})

test('sets are named, listed and negated', t => {
  t.true(matches('[a-c]+[^a-c]', 'abcd'))
  t.true(matches('[]a]+', 'a]'))
  t.true(matches('[a-]+', 'a-'))
  t.true(matches('[\\d\\-x]+', '1-x'))
  t.true(matches('[[:alpha:]_]+', 'a_B'))
  t.false(matches('[[:^alpha:]]', 'a'))
  t.true(matches('\\w+\\s\\S\\d\\D\\W', 'ab1 x1x-'))
  t.false(matches('\\w', 'ä'))
  t.true(matches('\\pL\\p{Lu}\\p{Greek}\\P{L}', 'aAλ1'))
  t.true(matches('\\p{^L}', '1'))
})

test('characters are escaped', t => {
  t.true(matches('\\.\\*\\x41\\x{1F600}\\t\\101\\0', '.*A😀\tA\0'))
  t.true(matches('\\Qa.b*\\Ec', 'a.b*c'))
  t.true(matches('\\Q(', '('))
})

test('places are asserted', t => {
  t.true(matches('^a$', 'a'))
  t.true(matches('\\Aa\\z', 'a'))
  t.false(matches('a^b', 'ab'))
  t.false(matches('a$\\nb', 'a\nb'))
  t.true(matches('(?m)a$\\n^b', 'a\nb'))
  t.true(matches('a\\b.\\bb', 'a b'))
  t.true(matches('a\\Bb', 'ab'))
})

test('flags hold for the rest of their group', t => {
  t.true(matches('(?i)aBc', 'AbC'))
  t.true(matches('(?i:a)b', 'Ab'))
  t.false(matches('(?i:a)b', 'AB'))
  t.false(matches('((?i)a)b', 'AB'))
  t.true(matches('(?i)a(?-i)b', 'Ab'))
  t.true(matches('(?s).', '\n'))
  t.false(matches('(?i)[^a]', 'A'))
  t.true(matches('(?i)[a]', 'A'))
  t.true(matches('(?i)straße', 'STRAßE'))
  t.true(matches('(?P<name>a)(?<other>b)(?:c)(?U)d*', 'abcdd'))
})

test('what RE2 refuses is refused', t => {
  for (const expression of [
    ...['(', ')', '(a', 'a)', '[a', '[b-a]', '*', '+a', '?', 'a|*', '(*)', 'a**', 'a*+', 'a{2}{3}'],
    ...['a{1001}', 'a{3,2}', '(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(?>a)', '(?)', '(?x)', '\\', '\\1', '(a)\\1'],
    ...['\\q', '\\p{Odd}', '\\p{', '\\pQ', '[[:odd:]]', '\\x{110000}', '\\xg', '\\Z', '((a{100}){100}){100}'],
    '('.repeat(500),
  ]) {
    const error = t.throws(() => new RegularExpression(expression), { any: true, instanceOf: KafkaError }, expression)
    t.is((error as KafkaError).name, 'INVALID_REGULAR_EXPRESSION')
  }
})

test('no expression takes long', t => {
  t.false(matches('(a*)*(a*)*(a|a)*b', 'a'.repeat(5000)))
})

/** A random expression that means the same in JavaScript, over a few characters. */
const randomExpression = (random: SeededRandom, depth: number): string => {
  const part = () => randomExpression(random, depth - 1)
  const count = () => ['*', '+', '?', '{2}', '{1,2}', '{0,}'][random.integer(6)]!
  switch (depth === 0 ? random.integer(4) : random.integer(8)) {
    case 0:
      return 'ab\n'[random.integer(3)]!
    case 1:
      return ['.', '[ab]', '[^a]', '\\w', '\\s', '[a\\n]'][random.integer(6)]!
    case 2:
      return ['\\b', '\\B', '^', '$'][random.integer(4)]!
    case 3:
      return ''
    case 4:
      return `(?:${part()})${count()}`
    case 5:
      return `(?:${part()}|${part()})`
    default:
      return part() + part()
  }
}

test('random expressions match what JavaScript’s match', t => {
  const random = new SeededRandom(7)
  for (let round = 0; round < 3000; round++) {
    const expression = randomExpression(random, 4)
    const ours = new RegularExpression(expression)
    const theirs = new RegExp(`^(?:${expression})$`)
    for (let count = 0; count < 8; count++) {
      const text = Array.from({ length: random.integer(6) }, () => 'ab\n'[random.integer(3)]!).join('')
      t.is(ours.matches(text), theirs.test(text), `${JSON.stringify(expression)} on ${JSON.stringify(text)}`)
    }
  }
})
