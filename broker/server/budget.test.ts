import test from 'ava'
import { Budget, type Waiter } from './budget.ts'

const waiter = (name: string, seen: string[]): Waiter => ({ admitted: () => void seen.push(name) })

test('who does not fit waits in line, and is let in when its bytes are there', t => {
  const seen: string[] = []
  const budget = new Budget(100)
  t.true(budget.admit(waiter('a', seen), 80, 0))
  t.false(budget.admit(waiter('b', seen), 50, 1))
  t.false(budget.admit(waiter('c', seen), 10, 2), 'nobody overtakes the line')
  t.is(budget.waitingSince, 1)
  budget.give(80)
  t.deepEqual(seen, ['b', 'c'])
  t.is(budget.used, 60)
  t.is(budget.waitingSince, null)
})

test('what is larger than the bound is let in alone', t => {
  const seen: string[] = []
  const budget = new Budget(100)
  t.true(budget.admit(waiter('a', seen), 1000, 0))
  t.false(budget.admit(waiter('b', seen), 1, 0))
  t.is(budget.free, 0)
  budget.give(1000)
  t.deepEqual(seen, ['b'])
})

test('who leaves the line is not let in', t => {
  const seen: string[] = []
  const budget = new Budget(10)
  const leaver = waiter('leaver', seen)
  budget.take(10)
  budget.admit(leaver, 5, 0)
  budget.admit(waiter('next', seen), 5, 0)
  budget.leave(leaver)
  budget.give(10)
  t.deepEqual(seen, ['next'])
})
