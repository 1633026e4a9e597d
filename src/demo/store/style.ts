/** The look of the store. Its colours are the shop's own; the element takes the accent of them. */
export const style = `
:root{color-scheme:light dark;
--page:light-dark(#f7f5f0,#0f1416);--panel:light-dark(#fffdf9,#171d20);
--tile:light-dark(#e8e2d5,#1c2427);
--ink:light-dark(#182126,#eef1f0);--quiet:light-dark(#55626a,#a4b0b5);
--line:light-dark(#e2ddd2,#2a3337);--accent:light-dark(#00687b,#5bcedc);
--on-accent:light-dark(#fff,#06262c);--bad:light-dark(#a3231f,#ff9a92);
--holdfast-accent:var(--accent)}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--page);
color:var(--ink);font:16px/1.5 Inter,-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,
"Helvetica Neue","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",
"WenQuanYi Micro Hei",sans-serif}
:lang(zh){line-height:1.65}
h1,h2,p,ul,fieldset{margin:0;padding:0;border:0}
ul{list-style:none}
a{color:inherit}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.02em}
h2{font-size:1.1rem;margin-top:24px}
.hidden,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;
clip-path:inset(50%)}
.skip{position:absolute;padding:8px 16px;background:var(--panel);z-index:2}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:6px}
.bar{display:flex;align-items:center;justify-content:space-between;gap:16px;padding:10px 24px;
background:var(--panel);border-bottom:1px solid var(--line);position:sticky;top:0;z-index:1}
.bar a{text-decoration:none;min-height:44px;display:inline-flex;align-items:center;gap:8px}
.bar a:hover{color:var(--accent)}
.brand{font-weight:650;font-size:1.15rem;letter-spacing:-.01em}
.brand img{border-radius:4px}
nav{display:flex;gap:24px}
.count{background:var(--accent);color:var(--on-accent);border-radius:99px;padding:0 8px;
font-size:.8rem;font-weight:600;line-height:20px;font-variant-numeric:tabular-nums}
.left{color:var(--quiet);font-size:.85rem;font-variant-numeric:tabular-nums}
main{flex:1;width:100%;max-width:1200px;margin:0 auto;padding:32px 24px 48px}
footer{padding:20px 24px;border-top:1px solid var(--line);color:var(--quiet);font-size:.875rem;
text-align:center}
.intro{padding:8px 0 28px}
.intro h1{font-size:clamp(1.9rem,5vw,2.75rem);letter-spacing:-.03em}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:28px 20px}
.card{display:grid;gap:2px;text-decoration:none;align-content:start;height:100%}
img{max-width:100%;height:auto;display:block}
.card img{width:100%;aspect-ratio:1;padding:22%;background:var(--tile);border:1px solid transparent;
border-radius:14px;margin-bottom:10px;transition:border-color .15s}
.card:hover img{border-color:var(--accent)}
.name{font-weight:600}
.price{color:var(--quiet)}
.card holdfast-stock{font-size:.875rem}
.product{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:48px;align-items:start}
.product>img{width:100%;padding:20%;background:var(--tile);border-radius:18px}
.about{display:grid;gap:14px;max-width:460px}
.about .price{font-size:1.2rem;color:var(--ink)}
form{display:grid;gap:18px;margin-top:6px}
fieldset{display:flex;flex-wrap:wrap;gap:8px}
legend{font-size:.875rem;color:var(--quiet);margin-bottom:6px;padding:0}
label span{display:inline-flex;align-items:center;min-width:48px;min-height:44px;padding:0 14px;
justify-content:center;border:1px solid var(--line);border-radius:10px;background:var(--panel);
cursor:pointer}
label input{position:absolute;opacity:0}
label input:checked+span{border-color:var(--ink);box-shadow:inset 0 0 0 1px var(--ink);
font-weight:600}
label input:focus-visible+span{outline:2px solid var(--accent);outline-offset:2px}
.stock{padding:14px 16px;background:var(--panel);border:1px solid var(--line);border-radius:12px;
min-height:72px;display:grid;align-items:center}
button,.button{font:inherit;font-weight:600;min-height:48px;padding:0 20px;border-radius:10px;
border:1px solid var(--line);background:var(--panel);color:inherit;cursor:pointer;
display:inline-flex;align-items:center;justify-content:center;text-decoration:none}
button:hover,.button:hover{border-color:var(--accent)}
.primary{background:var(--accent);color:var(--on-accent);border-color:transparent}
button:disabled{background:var(--line);color:var(--quiet);cursor:not-allowed;
border-color:transparent}
.message{color:var(--bad)}
.message:empty{display:none}
.cart{max-width:720px;margin:0 auto;display:grid;gap:18px}
.hold{padding:14px 16px;border:1px solid var(--line);border-radius:12px;background:var(--panel);
font-variant-numeric:tabular-nums}
.hold b{font-size:1.05em}
.lines{display:grid}
.line{display:grid;grid-template-columns:64px minmax(0,1fr) auto;gap:16px;align-items:center;
padding:16px 0;border-bottom:1px solid var(--line)}
.line img{padding:10px;background:var(--tile);border-radius:10px}
.line .label{color:var(--quiet)}
.line holdfast-stock{font-size:.875rem}
.line a{text-decoration:none}
.line a:hover{color:var(--accent)}
.times{display:flex;align-items:center;gap:10px;font-variant-numeric:tabular-nums;
white-space:nowrap}
.times button{min-height:44px;min-width:44px;padding:0;font-size:1.1rem}
.times .price{min-width:4.5em;text-align:right;color:var(--ink)}
.sum{display:flex;flex-wrap:wrap;gap:12px;align-items:center}
.sum .total{flex:1 1 100%;display:flex;justify-content:space-between;font-size:1.15rem;
font-weight:600}
.sum .note{flex:1 1 100%;color:var(--quiet);font-size:.875rem}
.empty{padding:32px;text-align:center;border:1px dashed var(--line);border-radius:14px;display:grid;
gap:10px}
[hidden]{display:none!important}
@media (max-width:760px){
.bar{padding:6px 16px}nav{gap:16px}main{padding:20px 16px 40px}
.cards{grid-template-columns:repeat(2,minmax(0,1fr));gap:20px 14px}
.product{grid-template-columns:minmax(0,1fr);gap:20px}.product>img{padding:12% 30%}
.line{grid-template-columns:56px minmax(0,1fr);row-gap:10px}
.times{grid-column:1/-1;justify-content:flex-end}
.sum button{flex:1 1 auto}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`
