import { answerWords } from './answerWords.ts'
import { daysOf, type Facts, itemOf, linesOf, text } from './facts.ts'
import { escaped, type Look, readableOn } from './letter.ts'
import { say, words } from './words.ts'

export type Choice = 'keep' | 'cancel'

/** What a buyer finds behind the link of a mail. */
export type Answering =
  | { state: 'open'; facts: Facts; order: string; look: Look; wish: Choice }
  | { state: 'answered'; choice: Choice; first: boolean; order: string; look: Look }
  | { state: 'over'; look: Look }
  | { state: 'failed'; look: Look }
  | { state: 'nothing'; look: Look }

const COLOUR = '#1f6feb'

const styleOf = (colour: string): string => `:root { color-scheme: light }
body { margin: 0; background: #f3f4f6; color: #1c2024; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 36rem; margin: 2rem auto; padding: 1.5rem; background: #fff;
  border-top: 6px solid ${colour} }
h1 { font-size: 1.4rem; margin: .5rem 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { text-align: left; vertical-align: top; padding: .6rem .75rem .6rem 0;
  border-top: 1px solid #e4e7eb }
th { color: #5b6470 }
button { font: inherit; font-weight: 600; padding: .75rem 1.4rem; margin: .25rem .75rem .25rem 0;
  border: 2px solid ${colour}; border-radius: 6px; background: #fff; color: #1c2024;
  cursor: pointer }
button.wish { background: ${colour}; color: ${readableOn(colour)} }
button:focus-visible { outline: 3px solid #1c2024; outline-offset: 2px }
.shop { color: #5b6470; font-weight: 600; margin: 0 }
.note { color: #5b6470 }
img { max-width: 160px; height: auto }`

const page = (look: Look, title: string, body: string): string => {
  const logo = look.logo_url
    ? `<img src="${escaped(look.logo_url)}" alt="${escaped(look.shop)}" width="160">`
    : `<p class="shop">${escaped(look.shop)}</p>`
  return `<!doctype html>
<html lang="${look.language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>${styleOf(look.colour ?? COLOUR)}</style>
</head>
<body>
<main>
${logo}
${body}
</main>
</body>
</html>
`
}

const paragraph = (sentence: string): string => `<p>${escaped(sentence)}</p>`

const told = (look: Look, title: string, sentence: string): string =>
  page(look, title, `<h1>${escaped(title)}</h1>\n${paragraph(sentence)}`)

const cells = (tag: string, texts: string[]): string =>
  `<tr>${texts.map(each => `<${tag}>${escaped(each)}</${tag}>`).join('')}</tr>`

/** The question, with both answers as buttons; the one that was clicked in the mail stands out. */
const question = ({ facts, order, look, wish }: Answering & { state: 'open' }): string => {
  const own = answerWords[look.language]
  const { common, days, promise_moved } = words[look.language]
  const head = [common.item, common.quantity, promise_moved.before, promise_moved.now]
  const rows = linesOf(facts).map(line => [
    itemOf(line),
    text(line['quantity']),
    daysOf(line['old'] ?? facts['old'], days),
    daysOf(line['new'] ?? facts['new'], days),
  ])
  const silence =
    facts['silence_default'] === 'cancel'
      ? promise_moved.silence_cancel
      : promise_moved.silence_keep
  const day = daysOf(facts['answer_by'], days)
  const button = (choice: Choice): string =>
    `<button name="choice" value="${choice}"${choice === wish ? ' class="wish"' : ''}>` +
    `${escaped(promise_moved[choice])}</button>`
  return page(
    look,
    say(own.title, { order }),
    `<h1>${escaped(own.heading)}</h1>
${paragraph(say(own.told, { order }))}
<table>${cells('th', head)}${rows.map(row => cells('td', row)).join('')}</table>
<form method="post">${button(wish)}${button(wish === 'keep' ? 'cancel' : 'keep')}</form>
<p class="note">${escaped(own.note)}</p>
${facts['answer_by'] ? paragraph(say(silence, { day })) : ''}`,
  )
}

/** The page behind the link of a mail, whatever became of it; it needs no script. */
export const answerPage = (answering: Answering): string => {
  const { look } = answering
  const own = answerWords[look.language]
  switch (answering.state) {
    case 'open':
      return question(answering)
    case 'answered': {
      const { choice, first, order } = answering
      const now = choice === 'keep' ? own.kept : own.cancelled
      const before = choice === 'keep' ? own.before_kept : own.before_cancelled
      return told(look, own.thanks, say(first ? now : before, { order }))
    }
    case 'over':
      return told(look, own.over, say(own.over_text, { shop: look.shop }))
    case 'failed':
      return told(look, own.heading, own.again)
    case 'nothing':
      return told(look, own.nothing, own.nothing_text)
  }
}
