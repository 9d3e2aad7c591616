import { Html } from '../page/html.js';
import { BASE_STYLE, NARROW_AND_PAPER } from '../page/style.js';

const VERDICTS = `
.run nav{flex-basis:100%}
.badge{display:inline-block;padding:.05rem .6rem;border:1.5px solid currentColor;border-radius:99px;font-weight:600;white-space:nowrap}
.badge.is-better,.badge.is-not_worse{color:var(--good)}.badge.is-worse{color:var(--bad)}.badge.is-not_shown{color:var(--warn)}.badge.is-too_few{color:var(--cut)}
.verdicts{border-width:1.5px}.verdict+.verdict{border-top:1px solid var(--line);margin-top:1rem;padding-top:1rem}
.finding{margin:0;color:var(--soft)}.finding .badge{font-size:1.05rem;margin-right:.4rem}
.verdict:first-of-type .finding .badge{font-size:1.2rem}
.sentence{font-size:1.15rem;line-height:1.45;margin:.5rem 0}.verdict:first-of-type .sentence{font-size:1.4rem}
.kinds{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;list-style:none;margin:.4rem 0;padding:0}
.notice{font-size:1.05rem}.notice.partial{background:var(--sand);border:2px dashed var(--sand-line)}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:.75rem 0;padding:0;font-size:.92rem}
.eval-facts{margin:1rem 0}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}`;

const TABLES = `
caption{text-align:left;color:var(--soft);font-size:.87rem;padding:.2rem 0 .5rem}
.note{max-width:60rem}caption>span{display:block;max-width:min(60rem,calc(100vw - 4rem));white-space:normal}
table{font-size:.92rem;font-variant-numeric:tabular-nums}
tbody tr:last-child>*{border-bottom:0}
.measures-table{width:100%}.measures-table th,.measures-table td{padding:.45rem .5rem}.measures-table thead th.num{white-space:normal;min-width:4.5rem;vertical-align:bottom}.measures-table thead th{vertical-align:bottom}
.measures-table tbody th{min-width:8.5rem;max-width:20rem;overflow-wrap:anywhere;font-weight:600}
th.num,td.num{text-align:right}td.num,td.num small{white-space:nowrap}td small,tbody th small{font-size:.78rem}
.rank{color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums}
small.trouble{color:var(--bad)}
.bars{display:block;min-width:9rem}.bars .open{fill:var(--proposer);fill-opacity:.22;stroke:var(--proposer)}.bars .full{fill:var(--proposer)}.bars .tick{stroke:var(--ink);stroke-width:2}
td:has(.bars){width:40%}`;

const MATRIX = `
.matrix{border-collapse:separate;border-spacing:2px}
.matrix th,.matrix td{border:0;border-radius:4px}
.matrix thead th{vertical-align:bottom;max-width:7.5rem;white-space:normal}
.matrix tbody th{min-width:8rem;max-width:13rem;background:var(--card);position:sticky;left:0;z-index:1}
.clip{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden;overflow-wrap:anywhere}
.matrix td{position:relative;text-align:right;white-space:nowrap;background:rgba(var(--tone),var(--much))}
.matrix td small{color:var(--ink)}
.matrix .none{background:var(--code);text-align:center}.matrix .even{background:var(--code)}
[class^=ahead]{--tone:20,140,70}[class^=behind]{--tone:200,60,40}
[class$="-1"]{--much:.08}[class$="-2"]{--much:.16}[class$="-3"]{--much:.26}[class$="-4"]{--much:.36}
.more{display:none;position:absolute;z-index:2;right:0;top:100%;width:14rem;white-space:normal;text-align:left;padding:.5rem .7rem;background:var(--card);border:1px solid var(--ink);border-radius:8px;font-size:.85rem}
td:focus .more{display:block}`;

const PLOTS = `
figure{margin:0}
.plot{display:block;width:100%;height:auto;max-width:60rem}.plot.narrow{display:none;max-width:32rem}
.plot text{fill:var(--ink);unicode-bidi:isolate;font-variant-numeric:tabular-nums}
.grid line{stroke:var(--line)}.plot .grid text{fill:var(--soft)}.strip{fill:var(--code)}
.label{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}.label.matters{font-weight:600}
.hull{fill:none;stroke:var(--good);stroke-width:2;stroke-dasharray:7 4}
.error{fill:none;stroke:var(--soft);stroke-width:1.5}.error.thin{stroke-width:1;stroke-opacity:.7}
.leader{fill:none;stroke:var(--soft);stroke-width:1;stroke-dasharray:2 2}
.controlled{fill:none;stroke:var(--critic);stroke-width:2}
.point path{stroke:var(--card);stroke-width:1.5;fill:var(--proposer)}
.role-mixture path{fill:var(--critic)}.role-sampled path{fill:var(--helper)}.role-given path{fill:var(--cut)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;list-style:none;margin:.6rem 0 0;padding:0;font-size:.87rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.45rem}.legend svg{flex:none}`;

const LOSSES = `
.loss+.loss{border-top:2px solid var(--line);margin-top:1.4rem;padding-top:.4rem}
.kind{font-weight:400;border:1px solid var(--line);border-radius:99px;padding:0 .5rem;font-size:.85rem}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.9rem}
.side{min-width:0;border-top:4px solid var(--line)}.loser{border-top-color:var(--bad)}.winner{border-top-color:var(--good)}
.methods dt{font-weight:600;color:var(--ink);font-size:1rem}.methods dd{margin:0 0 .6rem;max-width:60rem}`;

const NARROW = `
@media (max-width:48rem){.measures-table tbody th{position:sticky;left:0;z-index:1;background:var(--card);max-width:9rem}.plot.wide{display:none}.plot.narrow{display:block}.matrix tbody th{min-width:5.5rem;max-width:7rem}}
@media (max-width:40rem){.verdict:first-of-type .sentence{font-size:1.2rem}.sentence{font-size:1.05rem}}
@media print{:root{--good:#0b5a2b;--bad:#8f1510;--warn:#6b4300;--cut:#444;--sand:#fff4d6}nav{display:none}.plot.wide{display:block}.plot.narrow{display:none}
tbody th{position:static!important}caption>span{max-width:none}.matrix td,.strip{print-color-adjust:exact;-webkit-print-color-adjust:exact}.verdict,.loss h3{break-inside:avoid}table{font-size:8pt}th,td{padding:.2rem .3rem}}`;

/** What the page of an evaluation looks like, in light and dark, on wide and narrow screens, and on paper. */
export const STYLE: Html = new Html(`${BASE_STYLE}${VERDICTS}${TABLES}${MATRIX}${PLOTS}${LOSSES}${NARROW_AND_PAPER}${NARROW}\n`);
