// Values that break programs, each as the JSON text that stands in a field's place. What a field
// makes of one is for the document to say: a letter that is odd may still be a good name.

const text = JSON.stringify

const MEGABYTE = 'x'.repeat(1_000_000)

export const oddNumbers: Record<string, string> = {
  zero: '0',
  'minus zero': '-0',
  'minus one': '-1',
  'one as a float': '1.0',
  'one and a half': '1.5',
  'just above one': '1.0000000000000002',
  '2^31': '2147483648',
  '2^53': '9007199254740992',
  '2^53 + 1': '9007199254740993',
  '2^63': '9223372036854775808',
  '10^12 + 1': '1000000000001',
  '1e21': '1e21',
  '1e400': '1e400',
  '-1e400': '-1e400',
  'too small': '5e-324',
  'many digits': '1'.repeat(400),
  NaN: 'NaN',
  Infinity: 'Infinity',
  hexadecimal: '0x10',
  'leading zero': '01',
}

export const oddTexts: Record<string, string> = {
  empty: text(''),
  blank: text(' '),
  'a number as a text': text('1'),
  NUL: '"a\\u0000b"',
  'half a surrogate pair': '"a\\ud800b"',
  'halves the wrong way': '"\\udc00\\ud800"',
  composed: text('caf\u00e9'),
  decomposed: text('cafe\u0301'),
  'right to left': text('\u202eTEE\u202c \u05d0\u05d1\u05d2'),
  'no width': text('TE\u200bE\ufeff'),
  'a line and a tab': text('a\r\nb\tc'),
  'an emoji of seven': text('\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'),
  'letters under accents': text(`a${'\u0301'.repeat(300)}`),
  'the last code point': text('\u{10ffff}'),
  'no character': text('\uffff\ufffe'),
  'the Turkish i': text('\u0130I\u0131i'),
  prototype: text('__proto__'),
  'constructor as a name': text('constructor'),
  'a quote and a semicolon': text(`'; drop table holdfast.levels; --`),
  'a format': text('%s %n $1 {{7*7}}'),
  'a wildcard': text('%_\\'),
  'a path': text('../../etc/passwd'),
  'a formula': text('=1+1'),
  null: text('null'),
  undefined: text('undefined'),
  'a megabyte': text(MEGABYTE),
  'more than a megabyte': text(MEGABYTE + MEGABYTE.slice(0, 200_000)),
}

export const oddInstants: Record<string, string> = {
  'a leap second': text('2016-12-31T23:59:60Z'),
  'hour 24': text('2026-01-01T24:00:00Z'),
  'the year 0': text('0000-01-01T00:00:00Z'),
  'before Christ': text('-0001-01-01T00:00:00Z'),
  'the year 9999': text('9999-12-31T23:59:59.999999999Z'),
  '30 February': text('2026-02-30T00:00:00Z'),
  '29 February of no leap year': text('2026-02-29T00:00:00Z'),
  'no zone': text('2026-01-01T00:00:00'),
  'an odd zone': text('2026-01-01T00:00:00+23:59'),
  'no zone of this world': text('2026-01-01T00:00:00+24:00'),
  'small letters': text('2026-01-01t00:00:00z'),
  'a space': text('2026-01-01 00:00:00Z'),
  infinity: text('infinity'),
  now: text('now'),
}

export const oddShapes: Record<string, string> = {
  nothing: 'null',
  true: 'true',
  list: '[]',
  'list of null': '[null]',
  object: '{}',
  'own prototype': '{"__proto__":{"admin":true}}',
  'own constructor': '{"constructor":{"prototype":{"admin":true}}}',
  'a key twice': '{"a":1,"a":2}',
  deep: `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
}

export const oddValues: Record<string, string> = {
  ...oddNumbers,
  ...oddTexts,
  ...oddInstants,
  ...oddShapes,
}
