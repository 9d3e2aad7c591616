/** The form that an answer must have, as the OpenAI chat API's `response_format` asks for it. */
export type AnswerFormat =
  | { type: 'json_object' }
  | {
      type: 'json_schema';
      name: string;
      description?: string;
      /** JSON Schema. */
      schema: Record<string, unknown>;
      /** Undefined leaves it to the provider; mom checks the answer in any case. */
      strict?: boolean | null;
    };
