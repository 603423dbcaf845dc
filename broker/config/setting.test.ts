import test from 'ava'
import { bool, double, int, list, long, short, string } from './setting.ts'

test('an integer is read within its bounds, white space and sign included', t => {
  const setting = int(5, { min: 1, max: 9, or: -1 })
  t.is(setting.parse(' 7 '), 7)
  t.is(setting.parse('+7'), 7)
  t.is(setting.parse('-1'), -1)
  for (const text of ['0', '10', '-2', '', ' ', '7.0', '1e1', '0x5', 'seven', '7 8']) {
    t.is(setting.parse(text), undefined, text)
  }
  t.is(setting.allowed, 'an integer from 1 to 9, or -1')
})

test('an integer has the bounds of its type', t => {
  t.is(int(0).parse('2147483647'), 2147483647)
  t.is(int(0).parse('2147483648'), undefined)
  t.is(int(0).parse('-2147483648'), -2147483648)
  t.is(short(0).parse('32768'), undefined)
  t.is(long(0).parse('9223372036854775808'), undefined)
})

test('a long beyond the safe integers saturates as a number and stays exact as text', t => {
  const setting = long(9223372036854775807n)
  t.is(setting.parse('9223372036854775807'), Number.MAX_SAFE_INTEGER)
  t.is(setting.parse('-9223372036854775808'), Number.MIN_SAFE_INTEGER)
  t.is(setting.format(' 09223372036854775806 '), '9223372036854775806')
  t.is(setting.defaultText, '9223372036854775807')
})

test('true and false are read in any case, and nothing else', t => {
  t.is(bool(true).parse(' TRUE '), true)
  t.is(bool(true).parse('false'), false)
  t.is(bool(true).parse('yes'), undefined)
  t.is(bool(true).format(' False'), 'false')
})

test('a double is shown as Java shows it', t => {
  const setting = double(Number.MAX_VALUE)
  t.is(setting.defaultText, '1.7976931348623157E308')
  t.is(setting.format('1'), '1.0')
  t.is(setting.format('0.5'), '0.5')
  t.is(setting.format('10000000'), '1.0E7')
  t.is(setting.format('0.0001'), '1.0E-4')
  t.is(double(0.5, { min: 0, max: 1 }).parse('1.5'), undefined)
  t.is(double(0.5, { min: 0, max: 1 }).parse(''), undefined)
})

test('a list is split at commas, and the empty text is the empty list', t => {
  const setting = list('delete', { oneOf: ['compact', 'delete'] })
  t.deepEqual(setting.parse(' compact ,delete'), ['compact', 'delete'])
  t.deepEqual(setting.parse(''), [])
  t.is(setting.parse('compact,foo'), undefined)
  t.is(setting.format(' compact , delete '), 'compact,delete')
})

test('a choice is one of its words, in any case where that is said', t => {
  t.is(string('a', { oneOf: ['a', 'b'] }).parse('B'), undefined)
  t.is(string('a', { oneOf: ['a', 'b'], anyCase: true }).parse('B') as string, 'B')
  t.is(string('', { check: { allowed: 'digits', test: text => /^\d*$/.test(text) } }).parse('x'), undefined)
})

test('a setting with a description is honoured, one without has no effect', t => {
  t.true(int(1, { doc: 'Does it.' }).honoured)
  t.false(int(1).honoured)
})
