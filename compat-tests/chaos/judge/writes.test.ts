import test from 'ava'
import { judge } from './judge.ts'
import { SampleHistory } from './testing/sample-history.ts'

const names = (history: SampleHistory): string[] => judge(history.events).map(({ name }) => name)

test('an acknowledged record that no final reader has is a lost write; one of unknown outcome is not', t => {
  const lost = new SampleHistory()
    .sent('a', 0)
    .sent('b', 1)
    .finally([['t-0', 0, 'a']])
  t.deepEqual(names(lost), ['lost-write'])
  const [anomaly] = judge(lost.events)
  t.deepEqual(
    anomaly?.evidence.map(event => (event.is === 'note' ? event.do : event.is)),
    ['invoke', 'ok', 'final-end'],
  )
  const unknown = new SampleHistory().sent('a', 0)
  unknown.sending('b').info()
  t.deepEqual(names(unknown.finally([['t-0', 0, 'a']])), [])
})

test('a record that only one of the final readers lacks is lost; one in a partition that it could not end is not', t => {
  const lost = new SampleHistory()
    .sent('a', 0)
    .finalOf('kafkajs', 'read_committed', [['t-0', 0, 'a']])
    .finalOf('node-rdkafka', 'read_committed', [])
  t.deepEqual(names(lost), ['lost-write'])
  const open = new SampleHistory().sent('a', 0, { partition: 't-1' }).finally([])
  t.deepEqual(names(open), [])
})

test('a record that was polled and is gone at the end has vanished; one that is still there has not', t => {
  const vanished = new SampleHistory().assigned('r')
  vanished.sending('a').info()
  t.deepEqual(names(vanished.polled('r', [0, 'a']).finally([])), ['vanished-read'])
  const there = new SampleHistory().assigned('r')
  there.sending('a').info()
  t.deepEqual(names(there.polled('r', [0, 'a']).finally([['t-0', 0, 'a']])), [])
})

test('a record that was read before its transaction ended may go, at read_uncommitted only', t => {
  const history = (isolation: 'read_committed' | 'read_uncommitted') => {
    const story = new SampleHistory().assigned('r', undefined, isolation).transaction('q')
    story.sending('a', { producer: 'q', transaction: 'q-1' }).ok({ offset: 0 })
    story.polled('r', [0, 'a']).ending('q-1', false).ok()
    return story.finally([], [['t-0', 0, 'a']])
  }
  t.deepEqual(names(history('read_uncommitted')), [])
  t.deepEqual(names(history('read_committed')), ['vanished-read', 'aborted-read'])
})

test('one value at two offsets is a duplicate; two values of one producer are not', t => {
  const history = new SampleHistory().sent('a', 0)
  t.deepEqual(
    names(
      history.finally([
        ['t-0', 0, 'a'],
        ['t-0', 1, 'a'],
      ]),
    ),
    ['duplicate'],
  )
  const two = new SampleHistory().sent('a', 0).sent('b', 1)
  t.deepEqual(
    names(
      two.finally([
        ['t-0', 0, 'a'],
        ['t-0', 1, 'b'],
      ]),
    ),
    [],
  )
})

test('an offset that was acknowledged and is not where the record is read is wrong; an unknown offset is not', t => {
  const wrong = new SampleHistory().sent('a', 1).finally([['t-0', 0, 'a']])
  t.deepEqual(names(wrong), ['wrong-offset'])
  const unknown = new SampleHistory()
  unknown.sending('a').ok()
  t.deepEqual(names(unknown.finally([['t-0', 0, 'a']])), [])
})

test('two values at one offset are inconsistent, read or acknowledged; the same value read twice is not', t => {
  const read = new SampleHistory().assigned('r')
  read.sending('a').info()
  read.sending('b').info()
  read.polled('r', [0, 'a']).finally([['t-0', 0, 'b']])
  t.deepEqual(names(read), ['vanished-read', 'inconsistent-offset'])
  const acknowledged = new SampleHistory().sent('a', 0).sent('b', 0, { producer: 'q' })
  t.deepEqual(names(acknowledged), ['inconsistent-offset'])
  const twice = new SampleHistory().sent('a', 0).assigned('r').polled('r', [0, 'a']).assigned('s').polled('s', [0, 'a'])
  t.deepEqual(names(twice.finally([['t-0', 0, 'a']])), [])
})

test('a value that nobody sent is named; one whose sender was killed is not', t => {
  t.deepEqual(names(new SampleHistory().finally([['t-0', 0, 'a']])), ['never-sent'])
  const killed = new SampleHistory()
  killed.sending('a')
  t.deepEqual(names(killed.finally([['t-0', 0, 'a']])), [])
})

test('a record that was refused for good must not be read', t => {
  const read = new SampleHistory()
  read.sending('a').fail()
  t.deepEqual(names(read.finally([['t-0', 0, 'a']])), ['failed-write-read'])
  const unread = new SampleHistory()
  unread.sending('a').fail()
  t.deepEqual(names(unread.finally([])), [])
})
