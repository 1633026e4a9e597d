/** The shadow tree's style; fonts and colours are the page's unless a variable says otherwise. */
export const style = `
:host{display:block;min-height:1.5em;font-variant-numeric:tabular-nums}
[part~=stock]{display:flex;gap:var(--holdfast-gap,.5em);line-height:1.5}
:host([hidden]),[hidden],[part=detail]:empty,:host([compact]) [part=detail]:not(.keep){display:none}
svg{flex:none;width:1.15em;height:1.15em;margin-top:.18em;fill:none;stroke:currentColor;
stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
[part=title]{font-weight:600}
[part=detail]{opacity:.82}
a{color:var(--holdfast-accent,inherit);display:inline-block;padding:.25em 0}
.q{color:var(--holdfast-quiet,light-dark(#55646c,#a3b0b6))}
.g{color:var(--holdfast-ok,light-dark(#12673c,#67d89c))}
.w{color:var(--holdfast-warn,light-dark(#834e02,#f3c05d))}
.a{color:var(--holdfast-accent,light-dark(#00687b,#5bcedc))}
.d{stroke-dasharray:2.6 2}
[part=spoken]{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
`
