/** A file of the user's own in which every option of mixtures, prices, caps and cache stands. */
export const EVERY_OPTION = `
mixture: main
max_cost: 3
allow_unknown_price: true
budget: { day: 2.5, month: 20 }
pricing:
  a/x: { input: 2, output: 8, cached_input: 0.5, reasoning: 4, request: 0.001, image: 0.002 }
  ollama:small: { input: 0, output: 0 }
cache: { ttl: 90m, max_size: 500, semantic: { model: openai:embed-small, threshold: 0.9 } }
eval: { judge: [k/judge, openai:other], max_cost: 4, concurrency: 16, margin: 1.5, check: npm test, check_folder: work, check_timeout: 2m }
roles: { pirate: "Talk like a pirate." }
mixtures:
  main:
    strategy: auto
    proposers:
      - { model: a/x, weight: 2.5, family: f, role: pirate, required: true, context: 9000, privacy: { zdr: true } }
      - b/y
      - c/z
    critic: [d/w, e/v]
    single: { model: g/s, role: practical }
    samples: 5
    vote: { start: 2, extract: { regex: "Result: (\\\\w+)" } }
    select: { second_look: true }
    cascade: { confidence: 0.9 }
    layers: { count: 4, carry: full, aggregators: [h/one, { model: h/two, role: critical }] }
    refine: 2
    verify: { questions: 3, model: { model: i/check, temperature: 0 }, show: draft }
    auto: { classifier: j/tiny, simple: quick, medium: main, complex: tiered, code: quick, writing: quick, analysis: quick, math: quick, other: quick }
    quorum: 2
    min_answers: 2
    grace: 5s
    role: creative
    retries: 1
    max_cost: 1.5
    expected_output: 1500
    allow_unknown_price: false
    timeouts: { connect: 1s, first_event: 2s, idle: 3s, call: 4s, run: 5s }
    temperature: 0.2
    top_p: 0.9
    seed: 7
    max_tokens: 800
    reasoning_effort: low
  quick: { proposers: [a/x, b/y], critic: d/w, strategy: vote, vote: { extract: number }, refine: true, verify: true, layers: 2 }
  tiered:
    tiers: [[a/x, b/y], [{ model: c/z, weight: 3 }]]
    strategy: cascade
`;
