import test from 'ava'
import type { Clock } from '../clock.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ShardTimers } from './shard-timers.ts'

/** A clock whose process may sleep: time passes, and timers fire late. */
class SleepyClock implements Clock {
  #monotonic = 0
  #timers: { at: number; fire: () => void }[] = []
  now(): number {
    return this.#monotonic
  }
  monotonic(): number {
    return this.#monotonic
  }
  after(delayMs: number, fire: () => void) {
    const timer = { at: this.#monotonic + delayMs, fire }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(one => one !== timer)
    }
  }
  /** Time passes; then all that fell due fires. */
  wakeAfter(ms: number): void {
    this.#monotonic += ms
    const due = this.#timers.filter(timer => timer.at <= this.#monotonic)
    this.#timers = this.#timers.filter(timer => timer.at > this.#monotonic)
    for (const { fire } of due) fire()
  }
}

test('a timer that fires late lets the input that waited go first', t => {
  const clock = new SleepyClock()
  const expired: string[] = []
  const timers = new ShardTimers(clock, (key, at) => expired.push(`${key}@${at}`))
  timers.set('session', 10_000)
  clock.wakeAfter(60_000)
  t.deepEqual(expired, [], 'a heartbeat may be in the socket')
  clock.wakeAfter(100)
  t.deepEqual(expired, ['session@10000'])
  t.is(timers.size, 0)
})

test('input that waited moves a late timer on', t => {
  const clock = new SleepyClock()
  const expired: string[] = []
  const timers = new ShardTimers(clock, (key, at) => expired.push(`${key}@${at}`))
  timers.set('session', 10_000)
  clock.wakeAfter(60_000)
  timers.set('session', 70_000)
  clock.wakeAfter(100)
  t.deepEqual(expired, [])
  clock.wakeAfter(9_900)
  t.deepEqual(expired, ['session@70000'])
})

test('a timer that is barely late expires at once', t => {
  const clock = new SleepyClock()
  const expired: string[] = []
  const timers = new ShardTimers(clock, (key, at) => expired.push(`${key}@${at}`))
  timers.set('session', 10_000)
  clock.wakeAfter(11_000)
  t.deepEqual(expired, ['session@10000'])
})

test('cancelled and cleared timers never expire, and leave nothing with the clock', async t => {
  const clock = new ManualClock()
  const expired: string[] = []
  const timers = new ShardTimers(clock, key => expired.push(key))
  timers.set('a', 10)
  timers.set('b', 20)
  timers.set('c', 5)
  timers.cancel('a')
  timers.cancel('never set')
  await clock.advance(5)
  timers.clear()
  await clock.advance(100)
  t.deepEqual(expired, ['c'])
  t.is(clock.pending, 0)
})
