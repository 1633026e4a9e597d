import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { read, root } from './houseFiles.ts'

// No container engine is at hand here: the files are read as an engine would, and what they name
// must be there. That the containers run has to be seen elsewhere.

type Service = {
  image: string
  build?: { context: string; dockerfile: string }
  environment?: Record<string, string>
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  networks: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  ports?: string[]
  healthcheck?: object
}
type Compose = {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, object>
}

const text = read('deploy/compose.yaml')
const compose = parse(text) as Compose
const services = Object.entries(compose.services)
const containerfile = read('deploy/Containerfile')

/** What the Compose specification knows, of what we use. */
const KNOWN = new Set(
  (
    'image build restart environment command volumes healthcheck networks shm_size depends_on ' +
    'read_only tmpfs cap_drop cap_add security_opt stop_grace_period ports'
  ).split(' '),
)

test('the file has the parts of a Compose file, and no others', () => {
  expect(Object.keys(compose).sort()).toEqual(['name', 'networks', 'services', 'volumes'])
  for (const [name, service] of services) {
    expect(
      Object.keys(service).filter(key => !KNOWN.has(key)),
      name,
    ).toEqual([])
    expect(service.image, name).toMatch(/^[a-z0-9./-]+(:[\w.-]+)?$/)
  }
})

test('every name leads to something: services, networks, volumes, files', () => {
  for (const [name, service] of services) {
    for (const [on, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(compose.services[on], `${name} on ${on}`).toBeDefined()
      const { healthcheck, build } = compose.services[on] as Service
      const healthy = healthcheck !== undefined || (build && /^HEALTHCHECK/m.test(containerfile))
      expect(condition !== 'service_healthy' || Boolean(healthy), on).toBe(true)
    }
    for (const network of service.networks) expect(compose.networks, name).toHaveProperty(network)
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':')
      if (from.startsWith('.')) expect(existsSync(join(root, 'deploy', from)), from).toBe(true)
      else expect(compose.volumes, name).toHaveProperty(from)
    }
    if (service.build) {
      expect(
        existsSync(join(root, 'deploy', service.build.context, service.build.dockerfile)),
      ).toBe(true)
    }
  }
})

test('the server runs as nobody, writes nowhere, and may do nothing more than that', () => {
  expect(containerfile).toMatch(/^USER 65534:65534$/m)
  expect(containerfile.indexOf('USER 65534')).toBeLessThan(containerfile.indexOf('ENTRYPOINT'))
  for (const name of ['migrate', 'holdfast', 'caddy']) {
    const service = compose.services[name] as Service
    expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    expect(service.security_opt).toContain('no-new-privileges:true')
  }
})

test('only the proxy is reachable from outside, and the database from the inside alone', () => {
  expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['caddy'])
  expect(compose.services['database']?.networks).toEqual(['inside'])
  expect(compose.networks['inside']).toMatchObject({ internal: true })
  expect(compose.services['database']?.image).toMatch(/postgres:18$/)
})

test('no secret stands in the files: they come from the environment, and must be given', () => {
  for (const [name, { environment = {} }] of services) {
    for (const [key, value] of Object.entries(environment)) {
      if (/PASSWORD/.test(key)) expect(value, `${name} ${key}`).toMatch(/\$\{\w+/)
      // Within a URL a password would break at its first @, / or #.
      if (key === 'DATABASE_URL') expect(new URL(String(value)).password).toBe('')
    }
  }
  for (const needed of ['OWNER_PASSWORD', 'APP_PASSWORD', 'DOMAIN']) {
    expect(text).toMatch(new RegExp(`\\$\\{${needed}:\\?`))
  }
  const server = compose.services['holdfast']?.environment ?? {}
  expect(JSON.stringify(server)).not.toContain('OWNER_PASSWORD')
})

test('the script of the roles is one that a shell can read, and may be run', () => {
  const path = join(root, 'deploy/postgres/roles.sh')
  expect(spawnSync('sh', ['-n', path]).status).toBe(0)
  expect(statSync(path).mode & 0o111).not.toBe(0)
})

test('the proxy leads to the server’s own port, and passes events on as they come', () => {
  const caddy = read('deploy/Caddyfile')
  expect(caddy).toMatch(/reverse_proxy holdfast:4646/)
  expect(caddy).toMatch(/flush_interval -1/)
  expect(caddy.split('{').length).toBe(caddy.split('}').length)
})
