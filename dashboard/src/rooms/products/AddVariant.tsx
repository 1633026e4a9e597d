import { useState } from 'react'
import { api, type Product } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { nameOf, skuFrom } from './variants.ts'
import { words } from './words.ts'

type Opened = { product: Product; values: string[]; onClose: () => void }

/** Fills one gap of the matrix. */
export const AddVariant = ({ product, values, onClose }: Opened) => {
  const t = useWords(words)
  const { labelled } = useFormat()
  const template = ['{handle}', ...product.option_names.map(name => `{${name}}`)].join('-')
  const [sku, setSku] = useState(skuFrom(template, product, values))
  const add = useWrite(
    () =>
      api.POST('/v1/products/{handle}/variants', {
        params: { path: { handle: product.handle } },
        body: { sku: sku.trim(), option_values: values },
      }),
    ['variants', 'products', 'skus'],
    { quiet: true },
  )
  const ready = sku.trim() !== ''
  const submit = () => {
    if (!ready) return
    add.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('generated', { count: 1 }) })
        onClose()
      },
    })
  }
  return (
    <Dialog
      title={values.length === 0 ? product.title : labelled(product.title, nameOf(values))}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={t('generateDo', { count: 1 })}
          ready={ready}
          busy={add.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField label="SKU" value={sku} onChange={setSku} maxLength={255} mono autoFocus />
      {add.error && <Refusal problem={add.error} />}
    </Dialog>
  )
}
