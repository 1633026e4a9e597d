/** The cell of a table and what is in it, from the innermost on. */
const withinCell = (target: Element): Element[] => {
  const cell = target.closest('.dt-cell, .clip, td')
  const found: Element[] = []
  for (let at: Element | null = target; cell && at; at = at === cell ? null : at.parentElement) {
    found.push(at)
  }
  return found
}

const hear = ({ target }: Event): void => {
  if (!(target instanceof HTMLElement)) return
  for (const each of withinCell(target)) {
    if (!(each instanceof HTMLElement) || each.scrollWidth <= each.clientWidth) continue
    if (each.title === '') each.title = each.innerText
    return
  }
}

/** What is cut in a table's cell stands whole in its title, once the pointer is over it. */
export const tellClipped = (): (() => void) => {
  document.addEventListener('pointerover', hear)
  return () => document.removeEventListener('pointerover', hear)
}
