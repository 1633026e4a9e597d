type Waiting<Request, Answer> = {
  request: Request
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** Our own trick for somebody else: calls that wait are gathered, so many a flush. */
export const gatherer = <Request, Answer>(options: {
  size: number
  inFlight: number
  flush(requests: Request[]): Promise<Answer[]>
}): ((request: Request) => Promise<Answer>) => {
  const waiting: Waiting<Request, Answer>[] = []
  let inFlight = 0
  let pumping = false
  const flush = async (calls: Waiting<Request, Answer>[]): Promise<void> => {
    try {
      const answers = await options.flush(calls.map(({ request }) => request))
      for (const [index, { resolve }] of calls.entries()) resolve(answers[index] as Answer)
    } catch (error) {
      for (const { reject } of calls) reject(error)
    }
    inFlight--
    schedule()
  }
  const pump = (): void => {
    pumping = false
    while (inFlight < options.inFlight && waiting.length > 0) {
      inFlight++
      void flush(waiting.splice(0, options.size))
    }
  }
  const schedule = (): void => {
    if (pumping || waiting.length === 0) return
    pumping = true
    setImmediate(pump)
  }
  return request =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject })
      schedule()
    })
}
