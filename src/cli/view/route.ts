import type { Plan } from '../../core/plan.js';

/** What would be done with a request and why, as data. */
export function routeJson(plan: Plan) {
  return {
    schema_version: 1,
    explain_route: true,
    mixture: plan.mixture.name,
    strategy: plan.strategy,
    route_reason: plan.reason,
    classifier: plan.classifier?.model ?? null,
  };
}

export function routeText(plan: Plan): string {
  const { mixture, strategy, reason, classifier } = plan;
  return [
    `strategy: ${strategy}`,
    `mixture:  ${mixture.name}`,
    `reason:   ${reason}`,
    ...(classifier === null
      ? []
      : [
          `${classifier.model} would be asked to sort this request and may lead to another strategy or mixture; it was not asked`,
          'without it, the lines above hold',
        ]),
    '',
  ].join('\n');
}
