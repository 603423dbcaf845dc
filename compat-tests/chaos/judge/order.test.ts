import test from 'ava'
import { judge } from './judge.ts'
import { SampleHistory } from './testing/sample-history.ts'

const names = (history: SampleHistory): string[] => judge(history.events).map(({ name }) => name)

test('records of one producer in another order than they were sent are reordered', t => {
  const history = new SampleHistory()
  const [a, b] = [history.sending('a'), history.sending('b')]
  a.ok({ offset: 1 })
  b.ok({ offset: 0 })
  t.deepEqual(
    names(
      history.finally([
        ['t-0', 0, 'b'],
        ['t-0', 1, 'a'],
      ]),
    ),
    ['reordered'],
  )
})

test('acknowledged offsets alone show it too', t => {
  const history = new SampleHistory().sent('a', 5).sent('b', 4)
  t.deepEqual(names(history), ['reordered'])
})

test('records of two producers, or in two partitions, have no order', t => {
  const producers = new SampleHistory()
  const [a, b] = [producers.sending('a', { producer: 'p' }), producers.sending('b', { producer: 'q' })]
  a.ok({ offset: 1 })
  b.ok({ offset: 0 })
  t.deepEqual(
    names(
      producers.finally([
        ['t-0', 0, 'b'],
        ['t-0', 1, 'a'],
      ]),
    ),
    [],
  )
  const partitions = new SampleHistory().sent('a', 1, { partition: 't-0' }).sent('b', 0, { partition: 't-1' })
  t.deepEqual(names(partitions), [])
})

test('a record that never came leaves no disorder', t => {
  const history = new SampleHistory()
  history.sending('a').info()
  history.sent('b', 0).sent('c', 1)
  t.deepEqual(
    names(
      history.finally([
        ['t-0', 0, 'b'],
        ['t-0', 1, 'c'],
      ]),
    ),
    [],
  )
})
