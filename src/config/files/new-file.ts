import { KNOWN_PROVIDERS } from '../providers/known.js';

/** The text of a new configuration for a user who has keys of these providers. Holds names of variables, never keys. */
export function userTemplate(providers: readonly string[]): string {
  const blocks = Object.entries(KNOWN_PROVIDERS).flatMap(([name, known]) => {
    const mark = providers.includes(name) ? '  ' : '  # ';
    const setting = known.host === null ? `base_url: ${known.baseUrl}` : `api_key: "\${${known.keyVariables[0]}}"`;
    return [`${mark}${name}: { ${setting} }`];
  });
  return `${HEAD}
# Who is asked through which door. A variable in \${} is read when its provider is used; no key stands in this file.
# Where it is not set, the key counts that \`mom keys set openrouter\` has asked for; api_key_cmd: [program, argument] runs a password manager.
${providers.length === 0 ? '# providers:' : 'providers:'}
${blocks.join('\n')}
${MIXTURES}
${GATEWAY}`;
}

/** The text of a new project file: nothing in it needs anybody's trust. */
export function projectTemplate(): string {
  return `${HEAD}${MIXTURES}`;
}

const HEAD = `# Configuration of mom. Every line may go: what is not set here comes from the built-in configuration.
# docs/config.md and \`mom config schema\` list all options, \`mom config show --origin\` tells what is in force.
`;

const MIXTURES = `
# The mixture that is used when none is asked for with --mixture.
mixture: default

# mixtures:
#   default:
#     proposers:                            # answer on their own
#       - ~openai/gpt-latest                # the newest model of this line, through OpenRouter
#       - ~anthropic/claude-sonnet-latest
#       - { model: ~google/gemini-pro-latest, role: critical }
#     critic: [~anthropic/claude-opus-latest, ~openai/gpt-latest]   # merges the answers; the next ones are fallbacks
#     quorum: 2                             # after two usable answers ...
#     grace: auto                           # ... the rest is waited for no longer than this: auto, or such as 10s
#     # strategy: vote                      # single, fuse, self, vote, select, cascade, deep; auto picks one by the question
#     # verify: true                        # check the answer by questions that another family answers
#   private:
#     proposers: [ollama:llama3.2, ollama:qwen3]
#     critic: ollama:qwen3

# Stop a run before it costs more US dollars than this.
# max_cost: 0.50

# Stop before all runs together cost more than this.
# budget: { day: 2, month: 20 }

# Give the answer again to a question that was asked before, for this long.
# cache: { ttl: 24h }

# timeouts: { call: 240s, run: 300s }       # one call with its retries; the whole run

# Keep a journal of every run on this machine.
# log: true
`;

const GATEWAY = `# The gateway, \`mom serve\`. A key is asked for as soon as there is one; without, this machine is served.
# serve:
#   port: 8000
#   keys:
#     - { name: laptop, key: "\${MOM_LAPTOP_KEY}", requests_per_minute: 60, budget: { day: 1 } }
#   concurrency: 8                          # requests of one client at once
`;
