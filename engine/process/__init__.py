"""Child processes: jobs and the loop that runs them, the channel, supervision."""
