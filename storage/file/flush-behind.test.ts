import test from 'ava'
import { FlushBehind } from './flush-behind.ts'

const subject = () => {
  const work: Promise<void>[] = []
  const done: string[] = []
  const held: (() => void)[] = []
  const state = { fails: false, holds: false }
  const behind = new FlushBehind({
    maxBytes: 100,
    background: (_, round) => work.push(round),
    save: async () => void done.push('save'),
  })
  const log = (name: string) => ({
    flush: async () => {
      if (state.fails) throw new Error('no space')
      if (state.holds) await new Promise<void>(resolve => held.push(resolve))
      done.push(name)
    },
  })
  return { behind, work, done, state, held, logs: [log('a'), log('b'), log('c')] as const }
}

test('the logs that were appended to are flushed when enough was, and then their points saved', async t => {
  const { behind, work, done, logs } = subject()
  behind.appended(logs[0], 40)
  behind.appended(logs[1], 40)
  behind.appended(logs[0], 19)
  t.is(work.length, 0)
  behind.appended(logs[1], 1)
  await work[0]
  t.deepEqual(done, ['a', 'b', 'save'])
  behind.appended(logs[2], 99)
  t.is(work.length, 1)
  behind.appended(logs[2], 1)
  await work[1]
  t.deepEqual(done, ['a', 'b', 'save', 'c', 'save'])
})

test('one round is under way at a time; what comes meanwhile has the next', async t => {
  const { behind, work, done, state, held, logs } = subject()
  state.holds = true
  behind.appended(logs[0], 100)
  behind.appended(logs[1], 250)
  t.is(work.length, 1)
  state.holds = false
  held[0]!()
  await work[0]
  t.deepEqual(done, ['a', 'save', 'b', 'save'])
})

test('what could not be flushed is flushed with what comes', async t => {
  const { behind, work, done, state, logs } = subject()
  state.fails = true
  behind.appended(logs[0], 100)
  await t.throwsAsync(work[0]!, { message: 'no space' })
  t.deepEqual(done, [])
  state.fails = false
  behind.appended(logs[1], 100)
  await work[1]
  t.deepEqual(done.sort(), ['a', 'b', 'save'])
})
