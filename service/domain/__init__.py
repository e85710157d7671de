"""What can happen and when it may: events, states and pure decisions. Knows nothing of storage, HTTP or solvers."""
