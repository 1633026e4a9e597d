import { Dialog } from '../parts/Dialog.tsx'
import { CheckField } from '../parts/Field.tsx'
import { frameWords } from './catalogue.ts'
import {
  keyCaps,
  type Shortcut,
  singleKeysOn,
  switchSingleKeys,
  useRegisteredKeys,
} from './keys.ts'
import { useWords } from './words.ts'

const Caps = ({ keys }: { keys: string }) => (
  <span className="row gap4">
    {keyCaps(keys).map((cap, at) => (
      <kbd key={at}>{cap}</kbd>
    ))}
  </span>
)

/** Every key that works here. */
export const KeySheet = ({ onClose }: { onClose: () => void }) => {
  const t = useWords(frameWords)
  const registered = useRegisteredKeys()
  const sections = new Map<string, Shortcut[]>()
  for (const { section, shortcuts } of registered) {
    const shown = shortcuts.filter(({ hidden }) => !hidden)
    const kept = (sections.get(section) ?? []).filter(
      known => !shown.some(({ keys }) => keys === known.keys),
    )
    sections.set(section, [...kept, ...shown])
  }
  return (
    <Dialog title={t('keys')} onClose={onClose} size={640}>
      <div className="keysheet">
        {[...sections].map(([section, shortcuts]) => (
          <section key={section}>
            <h3>{section}</h3>
            <dl>
              {shortcuts.map(({ keys, title }) => (
                <div key={keys}>
                  <dt>{title}</dt>
                  <dd>
                    <Caps keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <CheckField checked={singleKeysOn()} onChange={switchSingleKeys}>
        {t('keysSingle')}
      </CheckField>
    </Dialog>
  )
}
