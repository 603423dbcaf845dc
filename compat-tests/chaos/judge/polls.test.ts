import test from 'ava'
import type { ReadRecord } from '../history/event.ts'
import { judge } from './judge.ts'
import { SampleHistory } from './testing/sample-history.ts'

const names = (history: SampleHistory): string[] => judge(history.events).map(({ name }) => name)
const three: readonly ReadRecord[] = [
  ['t-0', 0, 'a'],
  ['t-0', 1, 'b'],
  ['t-0', 2, 'c'],
]
const withThree = (): SampleHistory => new SampleHistory().sent('a', 0).sent('b', 1).sent('c', 2)

test('a reader that jumps over a record has skipped, between polls or inside one', t => {
  const external = withThree().assigned('r').polled('r', [0, 'a']).polled('r', [2, 'c']).finally(three)
  t.deepEqual(names(external), ['poll-skip'])
  t.true(judge(external.events)[0]?.text.startsWith('external'))
  const internal = withThree().assigned('r').polled('r', [0, 'a'], [2, 'c']).finally(three)
  t.deepEqual(names(internal), ['poll-skip'])
  t.true(judge(internal.events)[0]?.text.startsWith('internal'))
})

test('offsets that no reader sees are no skip', t => {
  const history = new SampleHistory().sent('a', 0).sent('c', 2).assigned('r').polled('r', [0, 'a'], [2, 'c'])
  t.deepEqual(
    names(
      history.finally([
        ['t-0', 0, 'a'],
        ['t-0', 2, 'c'],
      ]),
    ),
    [],
  )
})

test('a reader of committed records jumps over aborted ones, a reader of all must not', t => {
  const history = (isolation: 'read_committed' | 'read_uncommitted'): SampleHistory => {
    const story = new SampleHistory().sent('a', 0).transaction('q')
    story.sending('x', { producer: 'q', transaction: 'q-1' }).ok({ offset: 1 })
    story.ending('q-1', false).ok()
    story.sent('b', 3).assigned('r', undefined, isolation).polled('r', [0, 'a'], [3, 'b'])
    const committed: ReadRecord[] = [
      ['t-0', 0, 'a'],
      ['t-0', 3, 'b'],
    ]
    return story.finally(committed, [...committed, ['t-0', 1, 'x']])
  }
  t.deepEqual(names(history('read_committed')), [])
  t.deepEqual(names(history('read_uncommitted')), ['poll-skip'])
})

test('going back is no anomaly after an assignment or a seek, and is one without', t => {
  const back = withThree().assigned('r').polled('r', [0, 'a'], [1, 'b']).polled('r', [1, 'b']).finally(three)
  t.deepEqual(names(back), ['nonmonotonic-poll'])
  const assigned = withThree().assigned('r').polled('r', [1, 'b']).assigned('r').polled('r', [0, 'a']).finally(three)
  t.deepEqual(names(assigned), [])
  const sought = withThree()
    .assigned('r')
    .polled('r', [1, 'b'])
    .note({ do: 'sought', partition: 't-0', offset: 0 }, 'r')
  t.deepEqual(names(sought.polled('r', [0, 'a']).finally(three)), [])
})

test('after a seek the first record is the first from there on', t => {
  const history = (first: readonly [number, string]): SampleHistory =>
    withThree().assigned('r').note({ do: 'sought', partition: 't-0', offset: 1 }, 'r').polled('r', first).finally(three)
  t.deepEqual(names(history([1, 'b'])), [])
  t.deepEqual(names(history([2, 'c'])), ['poll-skip'])
  t.deepEqual(names(history([0, 'a'])), ['nonmonotonic-poll'])
})
