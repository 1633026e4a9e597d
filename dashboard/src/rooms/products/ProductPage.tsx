import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Product, type Variant } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty, Skeleton } from '../../parts/Answers.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { Badge } from '../../parts/Status.tsx'
import { AddVariant } from './AddVariant.tsx'
import { Generate } from './Generate.tsx'
import { Matrix } from './Matrix.tsx'
import { ProductForm } from './ProductForm.tsx'
import { VariantBulk } from './VariantBulk.tsx'
import { keyOf, useAvailable, useVariants } from './variants.ts'
import { words } from './words.ts'

const useArchive = (product: Product) => {
  const t = useWords(words)
  const path = { handle: product.handle }
  const { title } = product
  const back = useWrite(
    () => api.POST('/v1/products/{handle}/unarchive', { params: { path } }),
    ['products'],
  )
  const away = useWrite(
    () => api.POST('/v1/products/{handle}/archive', { params: { path } }),
    ['products'],
  )
  const putBack = () =>
    back.mutate(undefined, { onSuccess: () => tell({ text: t('unarchived', { title }) }) })
  const putAway = () =>
    away.mutate(undefined, {
      onSuccess: () => tell({ text: t('archivedDone', { title }), undo: putBack }),
    })
  return product.archived_at === null
    ? { title: t('archive'), icon: 'trash' as const, danger: true, run: putAway }
    : { title: t('unarchive'), icon: 'undo' as const, run: putBack }
}

const Actions = ({ product, onEdit }: { product: Product; onEdit: () => void }) => {
  const t = useWords(words)
  const archive = useArchive(product)
  return (
    <Menu
      button={
        <button type="button" className="btn icon" aria-label={t('edit')}>
          <Icon name="more" />
        </button>
      }
      entries={[{ title: t('edit'), icon: 'pencil', run: onEdit }, 'line', archive]}
    />
  )
}

const Variants = ({ product, variants }: { product: Product; variants: Variant[] }) => {
  const t = useWords(words)
  const stock = useMay('stock')
  const available = useAvailable(product.handle)
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const [opened, setOpened] = useState<'generate' | string[]>()
  const toggle = (keys: string[]) => {
    const all = keys.every(key => chosen.has(key))
    const next = new Set(chosen)
    for (const key of keys) {
      if (all) next.delete(key)
      else next.add(key)
    }
    choose(next)
  }
  const picked = variants.filter(({ option_values }) => chosen.has(keyOf(option_values)))
  const bare = product.option_names.length === 0
  const generate = (
    <button type="button" className="btn primary" onClick={() => setOpened(bare ? [] : 'generate')}>
      <Icon name="plus" size={14} />
      {bare ? t('oneVariant') : t('generate')}
    </button>
  )
  return (
    <Panel
      title={t('matrix')}
      sub={t('matrixSub')}
      end={stock && variants.length > 0 && !bare && generate}
    >
      {variants.length === 0 ? (
        <Empty icon="tag" title={bare ? t('noOptions') : t('none')} action={stock && generate}>
          {bare ? t('noOptionsHelp') : t('noneHelp')}
        </Empty>
      ) : bare ? (
        <ul className="todo">
          {variants.map(({ sku }) => (
            <li key={sku}>
              <Icon name="box" />
              <b className="mono">
                <Link to="/skus/$sku" params={{ sku } as never}>
                  {sku}
                </Link>
              </b>
              <span />
            </li>
          ))}
        </ul>
      ) : (
        <>
          <Matrix
            product={product}
            variants={variants}
            available={available.data}
            chosen={chosen}
            onChoose={toggle}
            onMissing={stock ? setOpened : undefined}
          />
          {stock && picked.length === 0 && <p className="body t12 mut">{t('chooseHelp')}</p>}
        </>
      )}
      {picked.length > 0 && (
        <VariantBulk product={product} variants={picked} onDone={() => choose(new Set())} />
      )}
      {opened === 'generate' && (
        <Generate product={product} variants={variants} onClose={() => setOpened(undefined)} />
      )}
      {Array.isArray(opened) && (
        <AddVariant product={product} values={opened} onClose={() => setOpened(undefined)} />
      )}
    </Panel>
  )
}

const ProductPage = () => {
  const t = useWords(words)
  const handle = useParam('handle')
  const navigate = useNavigate()
  const stock = useMay('stock')
  const [editing, setEditing] = useState(false)
  const found = useRead(['products', 'one', handle], signal =>
    api.GET('/v1/products/{handle}', { params: { path: { handle } }, signal }),
  )
  const variants = useVariants(handle)
  const { data: product } = found
  return (
    <Page
      title={product?.title ?? handle}
      above={[{ title: t('title'), to: '/products' }]}
      under={
        product && (
          <>
            <span className="mono">{product.handle}</span>
            {product.vendor !== null && <span>{product.vendor}</span>}
            {product.product_type !== null && <span>{product.product_type}</span>}
            {product.archived_at !== null && <Badge shape="half">{t('archived')}</Badge>}
            <Link to="/inventory" search={{ product: product.handle } as never}>
              {t('inInventory')}
            </Link>
          </>
        )
      }
      actions={stock && product && <Actions product={product} onEdit={() => setEditing(true)} />}
    >
      <Answer of={found}>
        {product =>
          variants.data ? <Variants product={product} variants={variants.data} /> : <Skeleton />
        }
      </Answer>
      {editing && product && (
        <ProductForm
          product={product}
          onClose={() => setEditing(false)}
          onMade={to => {
            if (to !== handle) {
              navigate({ to: '/products/$handle', params: { handle: to } as never, replace: true })
            }
          }}
        />
      )}
    </Page>
  )
}

export { ProductPage as Page }
