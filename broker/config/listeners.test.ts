import test from 'ava'
import { ConfigError } from './config-error.ts'
import { parseAdvertisedListeners, parseListeners } from './listeners.ts'

const protocolMap = 'PLAINTEXT:PLAINTEXT,SSL:SSL,INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT'
const listeners = (...texts: string[]) =>
  parseListeners({ listeners: texts, protocolMap, controllerListeners: ['controller'] })
const advertised = (...texts: string[]) =>
  Object.fromEntries(
    parseAdvertisedListeners(texts, {
      listeners: listeners('INSIDE://:9092', 'OUTSIDE://:9093'),
      controllerListeners: ['CONTROLLER'],
    }),
  )

const refused = (t: import('ava').ExecutionContext, parse: () => unknown, key: string, message: RegExp): void => {
  const error = t.throws(parse, { instanceOf: ConfigError, message })
  t.is(error?.key, key)
}

test('a listener is a name, a host or none, and a port', t => {
  t.deepEqual(listeners('plaintext://:9092', 'INSIDE://[::1]:0', 'OUTSIDE://example.org:9093'), [
    { name: 'PLAINTEXT', host: '', port: 9092 },
    { name: 'INSIDE', host: '::1', port: 0 },
    { name: 'OUTSIDE', host: 'example.org', port: 9093 },
  ])
})

test('the listeners of controllers are not served', t => {
  t.deepEqual(listeners('PLAINTEXT://:9092', 'CONTROLLER://:9093'), [{ name: 'PLAINTEXT', host: '', port: 9092 }])
  refused(t, () => listeners('CONTROLLER://:9093'), 'listeners', /at least one/)
})

test('names and ports are there once, save one port on IPv4 and IPv6', t => {
  refused(t, () => listeners('INSIDE://:1', 'INSIDE://:2'), 'listeners', /INSIDE is there twice/)
  refused(t, () => listeners('INSIDE://:1', 'OUTSIDE://:1'), 'listeners', /port 1 is there twice/)
  t.is(listeners('INSIDE://:0', 'OUTSIDE://:0').length, 2)
  t.is(listeners('INSIDE://127.0.0.1:1', 'OUTSIDE://[::1]:1').length, 2)
  refused(t, () => listeners('INSIDE://127.0.0.1:1', 'OUTSIDE://127.0.0.2:1'), 'listeners', /twice/)
})

test('what is no listener is refused with the form', t => {
  for (const text of ['9092', 'PLAINTEXT://:', 'PLAINTEXT://:65536', 'PLAINTEXT:9092', '://:9092', 'PLAINTEXT://:-1']) {
    refused(t, () => listeners(text), 'listeners', /must be NAME:\/\/host:port/)
  }
})

test('a listener needs a protocol, and one that is served', t => {
  refused(t, () => listeners('OTHER://:1'), 'listeners', /OTHER has no protocol/)
  refused(t, () => listeners('SSL://:1'), 'listeners', /SSL, which is not served yet; only PLAINTEXT is/)
})

test('the protocol map holds each name once, with a protocol there is', t => {
  const parse = (text: string) => () =>
    parseListeners({ listeners: ['A://:1'], protocolMap: text, controllerListeners: [] })
  const key = 'listener.security.protocol.map'
  refused(t, parse('A:PLAIN'), key, /with a protocol of PLAINTEXT, SSL/)
  refused(t, parse('A:PLAINTEXT,a:SSL'), key, /A is there twice/)
  refused(t, parse('A'), key, /must be NAME:PROTOCOL/)
  t.notThrows(parse(' a : plaintext , '))
})

test('advertised listeners are listeners, once each, with an address that can be connected to', t => {
  t.deepEqual(advertised('INSIDE://broker:29092', 'outside://localhost:0', 'CONTROLLER://x:1'), {
    INSIDE: { host: 'broker', port: 29092 },
    OUTSIDE: { host: 'localhost', port: 0 },
  })
  refused(
    t,
    () => advertised('PLAINTEXT://x:1'),
    'advertised.listeners',
    /not among the listeners, which are INSIDE, OUTSIDE/,
  )
  refused(t, () => advertised('INSIDE://0.0.0.0:1'), 'advertised.listeners', /no address that a client/)
  refused(t, () => advertised('INSIDE://a:1', 'INSIDE://b:1'), 'advertised.listeners', /twice/)
})

test('nothing is advertised when nothing is set', t => {
  t.is(parseAdvertisedListeners(null, { listeners: [], controllerListeners: [] }).size, 0)
})
