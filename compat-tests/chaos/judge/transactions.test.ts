import test from 'ava'
import type { ReadRecord } from '../history/event.ts'
import { judge } from './judge.ts'
import { SampleHistory } from './testing/sample-history.ts'

const names = (history: SampleHistory): string[] => judge(history.events).map(({ name }) => name)
const both: readonly ReadRecord[] = [
  ['t-0', 0, 'a'],
  ['t-1', 0, 'b'],
]

/** A transaction with a record in each of two partitions, both acknowledged. */
const twoRecords = (): SampleHistory => {
  const story = new SampleHistory().transaction('q')
  story.sending('a', { producer: 'q', transaction: 'q-1', partition: 't-0' }).ok({ offset: 0 })
  story.sending('b', { producer: 'q', transaction: 'q-1', partition: 't-1' }).ok({ offset: 0 })
  return story
}

/** Final reads that end both partitions. */
const finish = (story: SampleHistory, committed: readonly ReadRecord[]): SampleHistory => {
  story.sent('x', 9, { partition: 't-1', producer: 'other' })
  return story.finally([...committed, ['t-1', 9, 'x']], [...both, ['t-1', 9, 'x']])
}

test('a committed transaction of which nothing is there is lost; one that is there whole is not', t => {
  const lost = twoRecords()
  lost.ending('q-1', true).ok()
  t.deepEqual(names(finish(lost, [])), ['lost-transaction'])
  const whole = twoRecords()
  whole.ending('q-1', true).ok()
  t.deepEqual(names(finish(whole, both)), [])
})

test('a transaction of which a part is there is torn, whether its commit was answered or not', t => {
  for (const answered of [true, false]) {
    const torn = twoRecords()
    const ending = torn.ending('q-1', true)
    if (answered) ending.ok()
    t.deepEqual(names(finish(torn, both.slice(0, 1))), ['torn-transaction'])
  }
})

test('a transaction whose commit was not answered is there whole, or not at all', t => {
  for (const visible of [both, []]) {
    const unknown = twoRecords()
    unknown.ending('q-1', true).info()
    t.deepEqual(names(finish(unknown, visible)), [])
  }
})

test('nothing is read of a transaction that was aborted, or that nobody tried to commit', t => {
  for (const ended of [true, false]) {
    const read = twoRecords()
    if (ended) read.ending('q-1', false).ok()
    t.deepEqual(names(finish(read, both)), ['aborted-read', 'aborted-read'])
    const unread = twoRecords()
    if (ended) unread.ending('q-1', false).ok()
    t.deepEqual(names(finish(unread, [])), [])
  }
})

test('a fenced producer must not commit; it may when it asked before the other one took over', t => {
  const late = twoRecords()
  late.begin({ do: 'init', transactionalId: 'id', producer: 'r' }).ok()
  late.ending('q-1', true).ok()
  t.deepEqual(names(finish(late, both)), ['fenced-wrote'])
  const before = twoRecords()
  const ending = before.ending('q-1', true)
  const init = before.begin({ do: 'init', transactionalId: 'id', producer: 'r' })
  ending.ok()
  init.ok()
  t.deepEqual(names(finish(before, both)), [])
})

test('a fenced producer must not write; a producer of another transactional id does not fence it', t => {
  const history = (transactionalId: string): SampleHistory => {
    const story = new SampleHistory().transaction('q')
    story.begin({ do: 'init', transactionalId, producer: 'r' }).ok()
    story.sending('a', { producer: 'q', transaction: 'q-1' }).ok({ offset: 0 })
    story.ending('q-1', false).ok()
    return story.finally([], [['t-0', 0, 'a']])
  }
  t.deepEqual(names(history('id')), ['fenced-wrote'])
  t.deepEqual(names(history('another')), [])
})

test('committed transfers add up to 0, to each final reader that came to the end of all accounts', t => {
  const history = (): SampleHistory => {
    const story = new SampleHistory().transaction('q')
    story.sending('a', { producer: 'q', transaction: 'q-1', amount: -5 }).ok({ offset: 0 })
    story.sending('b', { producer: 'q', transaction: 'q-1', partition: 't-1', amount: 5 }).ok({ offset: 0 })
    story.ending('q-1', true).ok()
    return story
  }
  t.deepEqual(names(finish(history(), both)), [])
  t.deepEqual(names(finish(history(), both.slice(0, 1))), ['torn-transaction', 'sum-violation', 'sum-violation'])
  t.deepEqual(names(history().finally(both.slice(0, 1), both)), [])
})

test('an input with two committed outputs is duplicated, one of an aborted transaction does not count', t => {
  const history = (secondCommitted: boolean): SampleHistory => {
    const story = new SampleHistory().sent('a', 0)
    for (const [index, producer] of ['q', 'r'].entries()) {
      story.transaction(producer, producer)
      const output = { producer, transaction: `${producer}-1`, partition: 'u-0', source: 'a' }
      story.sending(`${producer}(a)`, output).ok({ offset: index })
      story.ending(`${producer}-1`, index === 0 || secondCommitted).ok()
    }
    const one: ReadRecord[] = [
      ['t-0', 0, 'a'],
      ['u-0', 0, 'q(a)'],
    ]
    const two: ReadRecord[] = [...one, ['u-0', 1, 'r(a)']]
    return story.finally(secondCommitted ? two : one, two)
  }
  t.deepEqual(names(history(true)), ['duplicated-transform'])
  t.deepEqual(names(history(false)), [])
})

test('an input that was committed as consumed has an output; one beyond the commit needs none', t => {
  const history = (committed: number): SampleHistory => {
    const story = new SampleHistory().sent('a', 0).sent('b', 1).assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'])
    story.transaction('q')
    story.sending('q(a)', { producer: 'q', transaction: 'q-1', partition: 'u-0', source: 'a' }).ok({ offset: 0 })
    story.committing(committed, 'm', 'q-1').ok()
    story.ending('q-1', true).ok()
    return story.finally([
      ['t-0', 0, 'a'],
      ['t-0', 1, 'b'],
      ['u-0', 0, 'q(a)'],
    ])
  }
  t.deepEqual(names(history(2)), ['lost-transform'])
  t.deepEqual(names(history(1)), [])
})
