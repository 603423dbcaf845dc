import test from 'ava'
import { createLocalLeases } from './local-leases.ts'

test('a lease that is not renewed in time goes to the next who asks', async t => {
  let now = 0
  const leases = createLocalLeases(() => now)
  t.deepEqual(await leases.acquire('controller', 'a', 100), { holder: 'a', fence: 1 })
  now = 99
  t.deepEqual(await leases.acquire('controller', 'b', 100), { holder: 'a', fence: 1 })
  t.deepEqual(await leases.acquire('controller', 'a', 100), { holder: 'a', fence: 1 })
  now = 198
  t.is((await leases.holders('')).get('controller'), 'a')
  now = 199
  t.is((await leases.holders('')).get('controller'), undefined)
  t.deepEqual(await leases.acquire('controller', 'b', 100), { holder: 'b', fence: 2 })
})

test('a holder that comes back late, before anybody else asked, has its lease again', async t => {
  let now = 0
  const leases = createLocalLeases(() => now)
  await leases.acquire('controller', 'a', 100)
  now = 500
  t.is((await leases.holders('')).size, 0)
  t.deepEqual(await leases.acquire('controller', 'a', 100), { holder: 'a', fence: 1 })
  t.is((await leases.holders('')).size, 1)
})
