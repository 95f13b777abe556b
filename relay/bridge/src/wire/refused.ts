/** Why a command was not done, as its answer says it. */
export class Refused extends Error {
  constructor(
    /** A short word for programs: the README lists them all. */
    readonly code: string,
    message: string,
    /** Whether the very same command may be given again without harm and with a chance. */
    readonly retryable = false,
    /** Whether it may have been done all the same. */
    readonly unknown = false,
  ) {
    super(message);
    this.name = 'Refused';
  }
}

/** The result of `work`, or `late()` thrown when it takes longer than `ms`. The work itself goes on. */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
