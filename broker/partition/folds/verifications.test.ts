import test from 'ava'
import { Verifications } from './verifications.ts'

test('batches of one epoch share a verification, which knows the lowest sequence', t => {
  const verifications = new Verifications()
  const first = verifications.begin(1, 0, 5, true)
  t.is(verifications.begin(1, 0, 3, true), first)
  verifications.begin(1, 0, 7, true)
  t.is(first.lowestSequence, 3)
  t.true(verifications.holds(1, first))
  t.false(verifications.holds(2, first))
})

test('what ends it can not be undone by beginning again', t => {
  const verifications = new Verifications()
  const first = verifications.begin(1, 0, 0, false)
  verifications.end(1)
  t.false(verifications.holds(1, first))
  const second = verifications.begin(1, 0, 0, false)
  t.false(verifications.holds(1, first))
  t.true(verifications.holds(1, second))
})

test('a newer epoch voids an older one, not the reverse', t => {
  const verifications = new Verifications()
  const old = verifications.begin(1, 4, 0, true)
  const fresh = verifications.begin(1, 5, 0, true)
  t.false(verifications.holds(1, old))
  t.false(verifications.holds(1, verifications.begin(1, 4, 0, true)))
  t.true(verifications.holds(1, fresh))
})

test('there are only so many: the oldest is forgotten', t => {
  const verifications = new Verifications()
  const first = verifications.begin(0, 0, 0, false)
  const second = verifications.begin(1, 0, 0, false)
  for (let id = 2; id <= 10_000; id++) verifications.begin(id, 0, 0, false)
  t.false(verifications.holds(0, first))
  t.true(verifications.holds(1, second))
})
