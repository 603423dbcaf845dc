/** kafkajs-snappy comes without types: it exports one codec for kafkajs's registry. */
declare module 'kafkajs-snappy' {
  const codec: () => unknown
  export default codec
}
