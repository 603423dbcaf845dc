import test from 'ava'
import { scheduleOf } from './schedule.ts'

const faults = [
  { name: 'often', weight: 3, maxMs: 1000 },
  { name: 'seldom', weight: 1, maxMs: 0 },
]

test('a seed decides the schedule', t => {
  t.deepEqual(scheduleOf(7, faults, 60_000), scheduleOf(7, faults, 60_000))
  t.notDeepEqual(scheduleOf(7, faults, 60_000), scheduleOf(8, faults, 60_000))
})

test('a schedule fills its time with faults by their weights, none longer than it may be', t => {
  const steps = scheduleOf(7, faults, 3_600_000)
  const lengthMs = steps.reduce((sum, { waitMs, ms }) => sum + waitMs + ms, 0)
  t.true(lengthMs >= 3_600_000 && lengthMs < 3_610_000)
  const seldom = steps.filter(({ fault }) => fault === 'seldom')
  t.true(seldom.every(({ ms }) => ms === 0))
  t.true(steps.every(({ ms }) => ms <= 1000))
  const share = seldom.length / steps.length
  t.true(share > 0.2 && share < 0.3, `${share}`)
})

test('without faults there is no schedule', t => {
  t.deepEqual(scheduleOf(7, [], 60_000), [])
})
