package main

import "time"

var now = time.Now
