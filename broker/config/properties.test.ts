import test from 'ava'
import { parseProperties } from './properties.ts'

const parsed = (text: string) => Object.fromEntries(parseProperties(text))

test('keys and values are parted by =, : or white space', t => {
  t.deepEqual(parsed('a=1\nb : 2\nc 3\nd\t=\t4\ne=\nf'), { a: '1', b: '2', c: '3', d: '4', e: '', f: '' })
})

test('comments, blank lines and leading white space are passed over', t => {
  t.deepEqual(parsed('# a=1\n! b=2\n\n   \n   c=3 # not a comment\r\nd=4\re=5'), {
    c: '3 # not a comment',
    d: '4',
    e: '5',
  })
})

test('a line with a backslash at its end goes on in the next', t => {
  t.deepEqual(parsed('a=1,\\\n   2,\\\n\t3\nb=back\\\\\nc=4'), { a: '1,2,3', b: 'back\\', c: '4' })
  t.deepEqual(parsed('a=1\\'), { a: '1' })
})

test('a comment can go on only in a value', t => {
  t.deepEqual(parsed('a=x\\\n# y'), { a: 'x# y' })
})

test('escapes are read in keys and values', t => {
  t.deepEqual(parsed('a\\ b\\=c=\\t\\u0041\\n\\q\\:'), { 'a b=c': '\tA\nq:' })
})

test('values keep their separators and trailing white space', t => {
  t.deepEqual(parsed('listeners=PLAINTEXT://:9092\na=b=c \n'), { listeners: 'PLAINTEXT://:9092', a: 'b=c ' })
})

test('the last of a key counts', t => {
  t.deepEqual(parsed('a=1\na=2'), { a: '2' })
})
