"""Work done in a process of its own: jobs and what runs them, what crosses, and who sees that the process lives."""
