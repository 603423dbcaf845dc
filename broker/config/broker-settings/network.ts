import { int, list, long, string } from '../setting.ts'

/** Listeners, connections, requests. */
export const networkSettings = {
  'advertised.listeners': list(null, {
    doc: 'What clients are told to connect to, by listener name. Without it, or with port 0, a client is told the address, or the port, that it connected to.',
  }),
  'background.threads': int(10, { min: 1, update: 'cluster-wide' }),
  'connections.max.idle.ms': long(600000, { doc: 'A connection without a request for this long is closed.' }),
  'delete.records.purgatory.purge.interval.requests': int(1),
  'fetch.max.bytes': int(57671680, { doc: 'Most bytes in one Fetch answer, whatever the client asks.', min: 1024 }),
  'fetch.purgatory.purge.interval.requests': int(1000),
  'inter.broker.listener.name': string(null),
  'listener.security.protocol.map': string(
    'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    { doc: 'The security protocol of each listener name. PLAINTEXT is served.' },
  ),
  listeners: list('PLAINTEXT://:9092', {
    doc: 'Where the broker listens: `NAME://host:port`, several with commas. An empty host or 0.0.0.0 is every interface, port 0 a free port.',
  }),
  'max.connection.creation.rate': int(2147483647, { min: 0, update: 'cluster-wide' }),
  'max.connections': int(2147483647, {
    doc: 'Most connections at once; further ones are closed at once.',
    min: 0,
    update: 'cluster-wide',
  }),
  'max.connections.per.ip': int(2147483647, {
    doc: 'Most connections at once from one address.',
    min: 0,
    update: 'cluster-wide',
  }),
  'max.connections.per.ip.overrides': string('', { update: 'cluster-wide' }),
  'max.incremental.fetch.session.cache.slots': int(1000, { doc: 'Fetch sessions (KIP-227) kept at once.', min: 0 }),
  'max.request.partition.size.limit': int(2000, {
    doc: 'Most partitions in one DescribeTopicPartitions answer.',
    min: 1,
  }),
  'num.io.threads': int(8, { min: 1, update: 'cluster-wide' }),
  'num.network.threads': int(3, { min: 1, update: 'cluster-wide' }),
  'producer.purgatory.purge.interval.requests': int(1000),
  'queued.max.request.bytes': long(104857600, {
    min: 1,
    or: -1,
    doc: 'Most bytes of requests held at once, by all connections together; -1 is no bound. Reading pauses beyond it.',
  }),
  'queued.max.requests': int(500, { min: 1 }),
  'request.timeout.ms': int(30000),
  'security.inter.broker.protocol': string('PLAINTEXT', { oneOf: ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] }),
  'socket.connection.setup.timeout.max.ms': long(30000),
  'socket.connection.setup.timeout.ms': long(10000),
  'socket.listen.backlog.size': int(50, { min: 1 }),
  'socket.receive.buffer.bytes': int(102400),
  'socket.request.max.bytes': int(104857600, { doc: 'Largest request; a longer one closes its connection.', min: 1 }),
  'socket.send.buffer.bytes': int(102400),
}
