import test from 'ava'
import { createLocalLeases } from '../../storage/local-leases.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { LogLease } from './log-lease.ts'

const pair = () => {
  const clock = new ManualClock()
  const leases = createLocalLeases(() => clock.monotonic())
  const of = (holder: string) => new LogLease({ leases, clock, name: 'state/cluster', holder })
  return { clock, first: of('1'), second: of('2') }
}

test('one broker holds a lease, and the other when it gives it back', async t => {
  const { first, second } = pair()
  t.true(await first.confirm())
  t.false(await second.confirm())
  await first.release()
  t.true(await second.confirm())
  t.false(await first.confirm())
  t.true(second.fence > first.fence, 'and the later hold has the higher number')
})

test('a confirmation is good for half of the lease, and renewed after', async t => {
  const { clock, first, second } = pair()
  t.true(await first.confirm())
  t.is(first.confirm(), true, 'at once')
  await clock.advance(5000)
  t.true(first.confirm() instanceof Promise)
  await clock.advance(4000)
  t.false(await second.confirm(), 'it was renewed')
})

test('a broker that paused past its lease learns that another has it before it says that it leads', async t => {
  const { clock, first, second } = pair()
  t.true(await first.confirm())
  await clock.advance(10_000)
  t.true(await second.confirm())
  t.false(await first.confirm())
})
