/** One refused field of the request. */
export class ProblemFieldDto {
  /** Dotted: `models.0`. */
  path: string;
  message: string;
}

/** RFC 9457 problem details. */
export class ProblemDto {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The stable word to match on: `invalid`, `unauthorized`, `not_found`, … */
  code: string;
  requestId: string;
  errors?: ProblemFieldDto[];
}
