package catest

import (
	"syscall"
	"time"
)

// Spent returns what this process spent of its processors on doing something n times, whatever
// else the machine does.
func Spent(n int, act func()) time.Duration {
	before := processorTime()
	for range n {
		act()
	}
	return processorTime() - before
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // never for the process itself
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
