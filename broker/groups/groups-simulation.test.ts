import test from 'ava'
import { Simulation } from './groups-simulation.test.fixture.ts'

test('whatever members do, committed offsets stay, no partition has two owners in a generation, and the group settles', t => {
  for (let seed = 1; seed <= 150; seed++) {
    try {
      const simulation = new Simulation(seed)
      simulation.trouble(600)
      simulation.settle()
    } catch (error) {
      t.fail(`seed ${seed}: ${error instanceof Error ? error.stack : error}`)
      return
    }
  }
  t.pass()
})
