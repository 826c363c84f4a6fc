"""Jobs: work that is accepted now and done by a worker, whatever is killed meanwhile.

A job is a row. A worker takes it under a lease (:mod:`service.jobs.queue`) and renews the lease while it works; a
lease that ran out is another worker's to take. What a job has finished of its items stands in ``batch_item``
(:mod:`service.jobs.memory`), each committed before the next begins, so that whoever takes the job again goes on there.
Who is to be told of its end is told by a webhook (:mod:`service.jobs.webhooks`), written in the transaction that ends
the job. ``pcf batch`` is a job of its own process; on SQLite the server brings a worker (:mod:`service.jobs.embedded`).
"""
