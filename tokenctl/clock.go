package main

import (
	"time"

	"mais/tokenctl/internal/command"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

var now = time.Now
