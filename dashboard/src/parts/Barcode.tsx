import { useQuery } from '@tanstack/react-query'

/** Code 128 of a text, as a drawing; the code that makes it is loaded when one is shown. */
const drawn = async (text: string): Promise<string> => {
  const { code128, drawingSVG } = await import('bwip-js/browser')
  const svg = code128({ bcid: 'code128', text, height: 9, includetext: false }, drawingSVG())
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`
}

export const Barcode = ({ text }: { text: string }) => {
  const { data } = useQuery({
    queryKey: ['barcode', text],
    queryFn: () => drawn(text),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  // a text with letters that Code 128 lacks has its words alone
  if (data === undefined) return <span className="barcode" />
  return <img className="barcode" src={data} alt={text} />
}
