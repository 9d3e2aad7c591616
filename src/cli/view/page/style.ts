import { Html } from './html.js';

const COLORS = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b1f27;--soft:#59616f;--line:#d9dde4;--code:#f0f2f5;--link:#1558c0;
--proposer:#2f6fdb;--critic:#8a3ffc;--helper:#0b7f86;--good:#14743a;--warn:#8a5600;--bad:#b3261e;--cut:#6b7280;--tint:#eaf1fe;--sand:#fff4d6;--sand-line:#e0b94a;
--keyword:#8b1fa9;--string:#14743a;--number:#a04a00;--comment:#6a7280;--name:#1558c0}
@media (prefers-color-scheme:dark){:root{--bg:#12151b;--card:#1a1f28;--ink:#e6e9ef;--soft:#a0a8b6;--line:#313947;--code:#12161d;--link:#8ab4ff;
--proposer:#6ea3ff;--critic:#bd93ff;--helper:#4cc3c9;--good:#5fd08a;--warn:#f0b64d;--bad:#ff8a80;--cut:#9aa3b2;--tint:#1b2740;--sand:#332a12;--sand-line:#8a6d1f;
--keyword:#d8a0f0;--string:#7fd79f;--number:#f2b27a;--comment:#8b94a3;--name:#8ab4ff}}`;

const PAGE = `
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main,footer{max-width:76rem;margin:0 auto;padding:1.25rem clamp(.75rem,3vw,2rem)}
footer{color:var(--soft);font-size:.85rem;padding-top:0}
h1{font-size:1.35rem;margin:0;letter-spacing:-.01em}
h1 time{color:var(--soft);font-weight:400;font-size:1rem;margin-left:.5rem}
h2{font-size:1.1rem;margin:0 0 .75rem}
h3{font-size:1rem;margin:1.25rem 0 .5rem;color:var(--soft)}
h4{font-size:.95rem;margin:.75rem 0 .35rem}
a{color:var(--link)}
small{display:block;color:var(--soft);font-size:.8rem;font-weight:400}
.by,.notice{max-height:9rem;overflow:auto}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem clamp(.8rem,2vw,1.4rem);margin:1rem 0}
.note,.by{color:var(--soft);font-size:.9rem;margin:.25rem 0 .5rem}
.run{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1rem}
.status{margin:0;padding:.1rem .7rem;border:1.5px solid currentColor;border-radius:99px;font-weight:600;font-size:.9rem}
.status.is-complete{color:var(--good)}.status.is-degraded{color:var(--warn)}.status.is-failed{color:var(--bad)}.status.is-cancelled{color:var(--cut)}
.facts{flex-basis:100%;display:flex;flex-wrap:wrap;gap:.35rem 1.75rem;margin:.25rem 0 0}
dt{color:var(--soft);font-size:.8rem}dd{margin:0}
.notice{margin:.75rem 0;padding:.6rem .9rem;border:1px solid var(--line);border-left:5px solid var(--cut);border-radius:8px;background:var(--card)}
.notice.error{border-left-color:var(--bad)}.notice.warning{border-left-color:var(--warn)}
.notice.sandbox{background:var(--sand);border:2px dashed var(--sand-line)}
pre{margin:.25rem 0;padding:.75rem .9rem;background:var(--code);border-radius:8px;font:.88rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;tab-size:4;overflow:auto}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em;background:var(--code);border-radius:4px;padding:.05em .3em}
pre code{padding:0;background:none;font-size:1em}
pre.turn{max-height:28rem}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--link)}
.answer{border-color:var(--critic);border-width:1.5px}
.text>:first-child{margin-top:0}.text>:last-child{margin-bottom:0}
.text h1,.text h2,.text h3,.text h4,.text h5,.text h6{font-size:1.05rem;color:inherit;margin:1.1rem 0 .4rem}
.text h1{font-size:1.25rem}.text h2{font-size:1.15rem}
.text blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}
.text ul,.text ol{padding-left:1.5rem}
.text hr{border:0;border-top:1px solid var(--line)}
.code-keyword{color:var(--keyword)}.code-string{color:var(--string)}.code-number{color:var(--number)}.code-comment{color:var(--comment);font-style:italic}.code-name{color:var(--name)}`;

const TABLES = `
.scroll{overflow-x:auto}
table{border-collapse:collapse;overflow-wrap:normal}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-size:.8rem;font-weight:600;white-space:nowrap}
.calls{width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
.calls tbody td:nth-child(n+4){text-align:right;white-space:nowrap}.calls th:nth-child(n+4){text-align:right}
.calls tbody td:nth-child(2){width:30%;min-width:12rem;overflow-wrap:anywhere}.calls tbody td:nth-child(3){min-width:8.5rem}
.calls tfoot th,.calls tfoot td{border-bottom:0;border-top:2px solid var(--line);font-weight:600;text-align:right;white-space:nowrap}
.calls tfoot th{text-align:left}.calls tfoot td:last-child{white-space:normal;min-width:9rem}
.calls .is-failed td:nth-child(3){color:var(--bad)}.calls .is-skipped td,.calls .is-skipped th{color:var(--soft)}`;

const PROPOSALS = `
.proposals{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:.9rem;align-items:start}
.proposal{min-width:0;border:1px solid var(--line);border-top:4px solid var(--proposer);border-radius:10px;padding:.8rem 1rem}
.proposal.is-failed{border-top-color:var(--bad)}.proposal.is-cut,.proposal.is-skipped,.proposal.is-kept{border-top-style:dashed;border-top-color:var(--cut)}
.proposal header{border-bottom:1px solid var(--line);margin-bottom:.7rem;padding-bottom:.6rem}
.proposal h4{margin:0;max-height:6em;overflow:auto}.proposal header p{margin:.1rem 0;color:var(--soft);font-size:.87rem}
.proposal .state{font-weight:600}.proposal.is-answered .state{color:var(--good)}.proposal.is-failed .state{color:var(--bad)}
.proposal .chosen{color:var(--critic);font-weight:600}
.measures{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:.4rem 0 0;font-size:.87rem;font-variant-numeric:tabular-nums}
.trouble{color:var(--bad);margin:.4rem 0}`;

const TIMELINE = `
figure{margin:0}
svg{color:var(--ink)}
.timeline{display:block;font-size:13px;font-variant-numeric:tabular-nums}
.timeline text{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round}.timeline .end,.timeline .grid text{fill:var(--soft)}.timeline .is-failed .end{fill:var(--bad)}
.timeline .grid line{stroke:var(--line)}.timeline .grid text{font-size:12px}
.kind-proposer,.legend{--bar:var(--proposer)}.kind-critic,.kind-judge{--bar:var(--critic)}.kind-verifier,.kind-router,.kind-embedding{--bar:var(--helper)}
.waiting{fill:var(--bar);fill-opacity:.28;stroke:var(--bar);stroke-width:1}
.writing{fill:var(--bar);stroke:var(--bar);stroke-width:1}
.is-failed .writing,.writing.is-failed{fill:url(#hatched);stroke:var(--bad)}
.is-cut .writing,.writing.is-cut{fill:url(#striped);stroke:var(--cut)}
.none{fill:none;stroke:var(--cut);stroke-dasharray:4 3;stroke-width:1.5}
.failed-ground,.cut-ground{fill:var(--card)}.failed-line{fill:var(--bad)}.cut-line{fill:var(--cut)}
.first{fill:var(--ink);stroke:var(--ink);stroke-width:1.5}
.stop{fill:none;stroke:var(--ink);stroke-width:2.5}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;list-style:none;margin:.6rem 0 0;padding:0;font-size:.87rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.45rem}.legend svg{overflow:visible;flex:none}`;

/** Comes last, since it changes what stands before it. */
export const NARROW_AND_PAPER = `
@media (max-width:40rem){body{font-size:15px}h1 time{display:block;margin:0}.timeline{font-size:11px}.facts{gap:.35rem 1.1rem}}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--code:#f4f4f4;--link:#000}
body{font-size:10.5pt}main,footer{max-width:none;padding:0}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:.6rem 0}
pre.turn,.by,.notice,.proposal h4{max-height:none}.scroll{overflow:visible}.notice,.proposal header,tr,.call,figure{break-inside:avoid}h2,h3,h4{break-after:avoid}
rect,path{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;

/** What every page of mom looks like. */
export const BASE_STYLE = `${COLORS}${PAGE}${TABLES}`;

/** For light and dark, wide and narrow screens, and paper. */
export const STYLE: Html = new Html(`${BASE_STYLE}${PROPOSALS}${TIMELINE}${NARROW_AND_PAPER}\n`);
