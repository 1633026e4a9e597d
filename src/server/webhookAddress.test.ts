import { expect, test } from 'vitest'
import { openSink } from '../../test/webhookSink.ts'
import { isPublic, pin } from './webhookAddress.ts'
import { Sender } from './webhookSender.ts'

test.each([
  ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255'],
  ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '100.127.255.255', '198.18.0.1'],
  ...['192.0.0.1', '192.0.2.1', '198.51.100.7', '203.0.113.9', '224.0.0.1', '255.255.255.255'],
  ...['168.63.129.16', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254'],
  ...['ff02::1', 'fec0::1', '2001:db8::1', '100::1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
  ...['::ffff:10.0.0.1', '::ffff:169.254.169.254', '::127.0.0.1', '::ffff:0:127.0.0.1'],
  ...['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::1', '2002:7f00:1::'],
  ...['2002:a00:1::1', '2002:c0a8:101::', '2001::1', 'localhost', '', 'example.com'],
])('%s is not public', address => {
  expect(isPublic(address)).toBe(false)
})

test.each([
  ...['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '11.0.0.1'],
  ...['2606:4700:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '64:ff9b::808:808'],
  '2002:808:808::1',
])('%s is public', address => {
  expect(isPublic(address)).toBe(true)
})

test.each([
  ...['https://127.0.0.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/'],
  ...['https://127.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[fe80::1]/'],
  ...['https://169.254.169.254/latest/meta-data/', 'https://１２７.０.０.１/', 'https://0/'],
])('%s is refused, however it is written', async url => {
  await expect(pin(url)).rejects.toThrow('is not a public address')
})

test('what is not https is refused, unless private networks are allowed', async () => {
  for (const url of ['http://8.8.8.8/', 'ftp://8.8.8.8/', 'file:///etc/passwd', 'gopher://x/']) {
    await expect(pin(url), url).rejects.toThrow('only https')
  }
  expect(await pin('http://127.0.0.1:9/x', { toPrivate: true })).toMatchObject({
    ...{ address: '127.0.0.1', family: 4 },
  })
})

test('a name is resolved once; one private address of it refuses all', async () => {
  const answers = [
    [{ address: '8.8.8.8', family: 4 }],
    [{ address: '127.0.0.1', family: 4 }], // what the name would say the second time
  ]
  let asked = 0
  const resolve = async () => answers[asked++] ?? []
  expect(await pin('https://rebind.example/', { resolve })).toMatchObject({ address: '8.8.8.8' })
  expect(asked).toBe(1)
  const mixed = async () => [
    { address: '8.8.8.8', family: 4 },
    { address: '::1', family: 6 },
  ]
  await expect(pin('https://mixed.example/', { resolve: mixed })).rejects.toThrow('::1')
  await expect(pin('https://none.example/', { resolve: async () => [] })).rejects.toThrow('nowhere')
})

test('what was looked at is what is connected to: no name is asked again', async () => {
  const sink = await openSink()
  const { port } = new URL(sink.url)
  let asked = 0
  const resolve = async () => [{ address: ++asked === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }]
  const endpoint = `http://changes-its-mind.invalid:${port}/hooks`
  const sender = new Sender(await pin(endpoint, { toPrivate: true, resolve }))
  for (const id of ['evt_1', 'evt_2']) {
    const sent = await sender.send(['whsec_c2VjcmV0c2VjcmV0c2VjcmV0'], { id, body: '{}' })
    expect(sent).toMatchObject({ delivered: true, status: 204 })
  }
  expect({ asked, got: sink.got.length }).toEqual({ asked: 1, got: 2 })
  sender.close()
  await sink.close()
})
