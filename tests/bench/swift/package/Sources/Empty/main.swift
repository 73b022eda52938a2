// A program that does nothing: what a Swift process takes to start and to end.
