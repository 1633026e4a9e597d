// The documents' own script: a search that needs no network but this server, and copies of examples.

const FOUND_MAX = 12
const input = document.querySelector('#search')
const list = document.querySelector('#found')
let sections

const load = async () => {
  sections ??= fetch('/docs/site/search.json').then(answer => answer.json())
  return sections
}

/** How well a section fits: every word must stand in it; headings count more than texts. */
const fitOf = (section, words) => {
  let fit = 0
  for (const word of words) {
    const places = [section.heading, section.page, section.text].map(text => text.toLowerCase())
    const at = places.findIndex(text => text.includes(word))
    if (at === -1) return 0
    fit += [10, 5, 1][at] + (places[0] === word ? 20 : 0) + (places[0].startsWith(word) ? 5 : 0)
  }
  return fit
}

const search = async () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  const all = words.length > 0 ? await load() : []
  const found = all
    .map(section => ({ section, fit: fitOf(section, words) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .slice(0, FOUND_MAX)
  list.replaceChildren(...found.map(({ section }) => entryOf(section)))
  if (words.length > 0 && found.length === 0) list.append('Nothing has these words.')
  list.hidden = words.length === 0
}

const entryOf = ({ page, heading, address, text }) => {
  const entry = document.createElement('li')
  const link = document.createElement('a')
  link.href = address
  link.textContent = heading === page ? page : `${page}: ${heading}`
  const words = document.createElement('small')
  words.textContent = text.slice(0, 120)
  entry.append(link, words)
  return entry
}

if (input && list) {
  input.addEventListener('focus', () => void load(), { once: true })
  input.addEventListener('input', () => void search())
  input.form.addEventListener('submit', event => {
    event.preventDefault()
    list.querySelector('a')?.click()
  })
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') list.hidden = true
    if (event.key === '/' && !/INPUT|TEXTAREA/.test(document.activeElement?.tagName ?? '')) {
      event.preventDefault()
      input.focus()
    }
    if (event.key === 'ArrowDown' && list.contains(document.activeElement)) {
      document.activeElement.parentElement.nextElementSibling?.querySelector('a')?.focus()
    } else if (event.key === 'ArrowDown' && document.activeElement === input) {
      list.querySelector('a')?.focus()
    }
  })
}

/** Commands without their answers: of a console's lines those after the prompt. */
const exampleOf = code => {
  const lines = code.textContent.split('\n')
  if (!code.className.includes('console')) return code.textContent
  return lines
    .filter(line => /^[$>] /.test(line))
    .map(line => line.slice(2))
    .join('\n')
}

for (const code of document.querySelectorAll('pre > code')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(exampleOf(code))
    button.textContent = 'Copied'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 1500)
  })
  code.parentElement.append(button)
}

const narrow = matchMedia('(max-width: 56rem)')
if (narrow.matches) document.querySelector('nav details')?.removeAttribute('open')
