import test from 'ava'
import { ManualClock, settled } from '../../testing/manual-clock.ts'
import { Throttle } from './throttle.ts'

test('what is spent takes as long as the rate says, together', async t => {
  const clock = new ManualClock()
  const throttle = new Throttle(clock, () => 1000)
  let through = 0
  const spender = async (): Promise<void> => {
    for (let round = 0; round < 10; round++) {
      await throttle.spend(100)
      through += 100
    }
  }
  const both = Promise.all([spender(), spender()])
  await clock.advance(1000)
  t.true(through >= 800 && through <= 1000, `${through} bytes in the first second`)
  await clock.advance(1000)
  await both
  t.is(through, 2000)
})

test('without a bound, and once it is lifted, nobody waits', async t => {
  const clock = new ManualClock()
  t.is(new Throttle(clock, () => Number.MAX_VALUE).spend(1e12), null)
  const throttle = new Throttle(clock, () => 1)
  const waiting = throttle.spend(1_000_000)
  t.not(waiting, null)
  throttle.lift()
  await waiting
  await settled()
  t.is(clock.pending, 0)
  t.is(throttle.spend(1_000_000), null)
})
