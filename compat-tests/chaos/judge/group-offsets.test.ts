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

test('a commit beyond a record that no member received skips it', t => {
  const history = withThree().assigned('m', 'g').polled('m', [0, 'a'])
  history.committing(1, 'm').ok()
  history.assigned('n', 'g').polled('n', [2, 'c'])
  history.committing(3, 'n').ok()
  t.deepEqual(names(history.finally(three)), ['commit-skips'])
})

test('a commit beyond records that other members received skips nothing', t => {
  const history = withThree().assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'])
  history.assigned('n', 'g').polled('n', [0, 'a']).polled('m', [2, 'c'])
  history.committing(3, 'm').ok()
  t.deepEqual(names(history.finally(three)), [])
})

test('a group of another name does not receive for this one', t => {
  const history = withThree().assigned('other', 'h').polled('other', [0, 'a'], [1, 'b'], [2, 'c']).assigned('m', 'g')
  history.committing(3, 'm').ok()
  t.deepEqual(names(history.finally(three)), ['commit-skips'])
})

test('a committed offset that is found lower than the last one is lost; one under way may be found or not', t => {
  const received = (): SampleHistory => withThree().assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'], [2, 'c'])
  const lost = received()
  lost.committing(1, 'm').ok()
  lost.committing(2, 'm').ok()
  t.deepEqual(names(lost.foundCommitted(1).finally(three)), ['commit-lost'])
  const underWay = received()
  underWay.committing(1, 'm').ok()
  const second = underWay.committing(2, 'm')
  underWay.foundCommitted(1).foundCommitted(2)
  second.ok()
  t.deepEqual(names(underWay.finally(three)), [])
})

test('an offset that nobody committed can not be found; none can be, before the first commit is over', t => {
  const nobody = withThree().assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'])
  nobody.committing(2, 'm').ok()
  t.deepEqual(names(nobody.foundCommitted(1).finally(three)), ['commit-lost'])
  const first = withThree().assigned('m', 'g').polled('m', [0, 'a'])
  first.committing(1, 'm').info()
  t.deepEqual(names(first.foundCommitted(-1).finally(three)), [])
})

test('a commit without an answer may take effect late, but not after the broker that had it is gone', t => {
  const history = (): SampleHistory => {
    const story = withThree().assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'], [2, 'c'])
    story.committing(1, 'm').info()
    return story
  }
  const late = history()
  late.committing(3, 'm').ok()
  t.deepEqual(names(late.foundCommitted(1).finally(three)), [])
  const gone = history().note({ do: 'broker', state: 'down' }).note({ do: 'broker', state: 'up' })
  gone.committing(3, 'm').ok()
  t.deepEqual(names(gone.foundCommitted(1).finally(three)), ['commit-lost'])
})

test('a commit that was under way while requests came late can be found after later ones', t => {
  const history = (fault: string): SampleHistory => {
    const story = withThree().assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'], [2, 'c'])
    const first = story.committing(1, 'm')
    story.note({ do: 'fault', fault, state: 'begins', detail: '' })
    first.ok()
    story.committing(3, 'm').ok()
    return story.note({ do: 'fault', fault, state: 'over', detail: '' }).foundCommitted(1)
  }
  t.deepEqual(names(history('late-requests').finally(three)), [])
  t.deepEqual(names(history('kill').finally(three)), ['commit-lost'])
})

test('a commit that its client may repeat can be found again, as long as that lives', t => {
  const history = (): SampleHistory => {
    const story = withThree().assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'], [2, 'c'])
    const call = { do: 'commit', group: 'g', partition: 't-0', repeats: true } as const
    story.begin({ ...call, offset: 1 }, 'm').ok()
    story.begin({ ...call, offset: 3 }, 'm').ok()
    return story
  }
  t.deepEqual(names(history().foundCommitted(1).finally(three)), [])
  t.deepEqual(names(history().foundCommitted(2).finally(three)), ['commit-lost'])
  const over = history().note({ do: 'client', client: 'm', state: 'ended', how: '0' })
  over.note({ do: 'broker', state: 'down' })
  over.committing(3, 'n').ok()
  t.deepEqual(names(over.foundCommitted(1).finally(three)), ['commit-lost'])
})

test('a member that starts below what its group committed has lost the commit, unless it sought there', t => {
  const history = (): SampleHistory => {
    const story = withThree().assigned('m', 'g').polled('m', [0, 'a'], [1, 'b'])
    story.committing(2, 'm').ok()
    return story.assigned('n', 'g')
  }
  t.deepEqual(names(history().polled('n', [1, 'b']).finally(three)), ['commit-lost'])
  t.deepEqual(names(history().polled('n', [2, 'c']).finally(three)), [])
  const sought = history().note({ do: 'sought', partition: 't-0', offset: 1 }, 'n').polled('n', [1, 'b'])
  t.deepEqual(names(sought.finally(three)), [])
})

test('a commit of a transaction counts when that is committed, and not when it is aborted', t => {
  const history = (commit: boolean): SampleHistory => {
    const story = withThree().assigned('m', 'g').polled('m', [0, 'a']).transaction('q')
    story.sending('A', { partition: 'u-0', producer: 'q', transaction: 'q-1', source: 'a' }).ok({ offset: 0 })
    story.committing(1, 'm', 'q-1').ok()
    story.ending('q-1', commit).ok()
    return story
  }
  const both: ReadRecord[] = [...three, ['u-0', 0, 'A']]
  t.deepEqual(names(history(true).foundCommitted(1).finally(both)), [])
  t.deepEqual(names(history(true).foundCommitted(-1).finally(both)), ['commit-lost'])
  t.deepEqual(names(history(false).foundCommitted(-1).finally(three)), [])
  t.deepEqual(names(history(false).foundCommitted(1).finally(three)), ['commit-lost'])
})
