import test from 'ava'
import { TransactionsSimulation } from './transactions-simulation.test.fixture.ts'

/** SAMSA_SEEDS=first-last plays others. */
const [first = 1, last = 12] = (process.env.SAMSA_SEEDS ?? '1-12').split('-').map(Number)

test('whatever happens on the way, a transaction is visible everywhere or nowhere, and once', async t => {
  let committed = 0
  for (let seed = first; seed <= last; seed++) {
    const simulation = new TransactionsSimulation(seed)
    try {
      await simulation.trouble(400)
      await simulation.settle()
      committed += simulation.committed
    } catch (error) {
      t.fail(`seed ${seed}: ${error instanceof Error ? error.stack : error}`)
      return
    }
  }
  t.log(`seeds ${first} to ${last}: ${committed} transactions committed`)
  t.true(committed > last - first)
})
