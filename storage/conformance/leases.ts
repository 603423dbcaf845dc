/** Leases: one holder at a time. */
import type { Suite } from './suite.ts'

/** What `Engine.leases` promises. */
export const leases = (test: Suite): void => {
  test('a lease has one holder, who may renew it', async (t, engine) => {
    const first = await engine.leases.acquire('controller', 'a', 60_000)
    t.is(first.holder, 'a')
    t.deepEqual(await engine.leases.acquire('controller', 'a', 60_000), first)
    t.deepEqual(await engine.leases.acquire('controller', 'b', 60_000), first)
  })

  test('a released lease goes to the next who asks, under a higher fence', async (t, engine) => {
    const first = await engine.leases.acquire('controller', 'a', 60_000)
    await engine.leases.release('controller', 'b')
    t.is((await engine.leases.acquire('controller', 'b', 60_000)).holder, 'a')
    await engine.leases.release('controller', 'a')
    const second = await engine.leases.acquire('controller', 'b', 60_000)
    t.is(second.holder, 'b')
    t.true(second.fence > first.fence)
  })

  test('holders are told by prefix', async (t, engine) => {
    await engine.leases.acquire('partition/1', 'a', 60_000)
    await engine.leases.acquire('partition/2', 'b', 60_000)
    await engine.leases.acquire('controller', 'c', 60_000)
    t.deepEqual(
      await engine.leases.holders('partition/'),
      new Map([
        ['partition/1', 'a'],
        ['partition/2', 'b'],
      ]),
    )
  })
}
