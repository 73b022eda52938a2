// Program that does nothing, to measure how long a Swift process takes to start and to end.
