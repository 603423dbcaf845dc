/** A client of the director's own, for what is asked now and then. */
import type { Driver } from '../clients/driver.ts'
import { openKafkajs } from '../clients/kafkajs/driver.ts'

/** Does `work` with a client that is connected to `address` for that time. */
export async function withDriver<T>(address: string, work: (driver: Driver) => Promise<T>): Promise<T> {
  const driver = await openKafkajs(address)
  try {
    return await work(driver)
  } finally {
    await driver.close()
  }
}
