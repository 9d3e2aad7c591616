/** A question of the bundled recording on which the default proposers' stand-ins disagree; the majority is right. */
export function bundledQuestion(): string {
  return 'Gerald and Julia divided $100 in the ratio 3:2. If Gerald spent $10 on a book, how much money did he have left?';
}
