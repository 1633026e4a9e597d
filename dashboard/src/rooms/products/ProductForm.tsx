import { useState } from 'react'
import { api, type Product } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { words } from './words.ts'

/** A handle as a title suggests it. */
const handleOf = (title: string): string =>
  title
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 255)

type Form = { title: string; handle: string; vendor: string; type: string; options: string[] }

const Options = ({
  options,
  onChange,
}: {
  options: string[]
  onChange: (options: string[]) => void
}) => {
  const t = useWords(words)
  return (
    <fieldset className="field">
      <legend className="label">{t('options')}</legend>
      {options.map((name, at) => (
        <div className="row" key={at}>
          <input
            className="input"
            value={name}
            maxLength={255}
            aria-label={`${t('option')} ${at + 1}`}
            onChange={event =>
              onChange(options.map((each, n) => (n === at ? event.target.value : each)))
            }
          />
          <button
            type="button"
            className="btn ghost icon"
            aria-label={t('removeOption', { name: name || String(at + 1) })}
            onClick={() => onChange(options.filter((_, n) => n !== at))}
          >
            <Icon name="cross" size={12} />
          </button>
        </div>
      ))}
      <div className="row">
        <button type="button" className="btn sm" onClick={() => onChange([...options, ''])}>
          <Icon name="plus" size={12} />
          {t('addOption')}
        </button>
        <span className="t12 mut">{t('optionsHelp')}</span>
      </div>
    </fieldset>
  )
}

type Opened = { product?: Product; onClose: () => void; onMade: (handle: string) => void }

/** Makes a product, or changes its words. */
export const ProductForm = ({ product, onClose, onMade }: Opened) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [form, setForm] = useState<Form>({
    title: product?.title ?? '',
    handle: product?.handle ?? '',
    vendor: product?.vendor ?? '',
    type: product?.product_type ?? '',
    options: product?.option_names ?? [''],
  })
  const [own, setOwn] = useState(product !== undefined)
  const handle = own ? form.handle : handleOf(form.title)
  const fields = {
    title: form.title.trim(),
    vendor: form.vendor.trim() || null,
    product_type: form.type.trim() || null,
    option_names: form.options.map(name => name.trim()).filter(Boolean),
  }
  const save = useWrite(
    () =>
      product === undefined
        ? api.POST('/v1/products', { body: { handle, ...fields } })
        : api.PATCH('/v1/products/{handle}', {
            params: { path: { handle: product.handle } },
            body: { ...fields, ...(handle === product.handle ? {} : { to: handle }) },
          }),
    ['products', 'variants'],
    { quiet: true },
  )
  const ready = fields.title !== '' && handle !== ''
  const submit = () => {
    if (!ready) return
    save.mutate(undefined, {
      onSuccess: made => {
        tell({ text: t('made', { title: made.title }) })
        onClose()
        onMade(made.handle)
      },
    })
  }
  return (
    <Dialog
      title={product ? t('editTitle', { title: product.title }) : t('makeTitle')}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={product ? f('save') : t('make')}
          ready={ready}
          busy={save.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField
        label={t('name')}
        value={form.title}
        onChange={title => setForm({ ...form, title })}
        maxLength={1_000}
        autoFocus
      />
      <TextField
        label={t('handle')}
        value={handle}
        onChange={text => {
          setOwn(true)
          setForm({ ...form, handle: text })
        }}
        help={t('handleHelp')}
        maxLength={255}
        mono
      />
      <div className="fields">
        <TextField
          label={`${t('vendor')} (${f('optional')})`}
          value={form.vendor}
          onChange={vendor => setForm({ ...form, vendor })}
          maxLength={255}
        />
        <TextField
          label={`${t('type')} (${f('optional')})`}
          value={form.type}
          onChange={type => setForm({ ...form, type })}
          maxLength={255}
        />
      </div>
      <Options options={form.options} onChange={options => setForm({ ...form, options })} />
      {save.error && <Refusal problem={save.error} />}
    </Dialog>
  )
}
