package config

import (
	"runtime"
	"time"
)

// Passwords is how passwords are kept and taken. Who may have one is not a setting: agencies and
// roles say so, and by default none does.
type Passwords struct {
	// MemoryMiB is what one comparison of a password takes (argon2id). Default 64, the second
	// recommended option of RFC 9106; from 19, the least that OWASP names, to 1024. Whoever
	// signs in has their hash made anew at the costs in force.
	MemoryMiB int `toml:"memory_mib"`
	// Passes are those over the memory. Default 3; from 2 to 16.
	Passes int `toml:"passes"`
	// AtOnce is how many are compared at once; all together take AtOnce times MemoryMiB. One
	// place is for devices that their holder has signed in with before. Whoever finds no place
	// within three seconds is told to try again. Default: as many as there are processors, since
	// more at once are no faster and keep those who are known waiting; from 2 to 64.
	AtOnce int `toml:"at_once"`
	// SignInsPerMinute caps the tries of one address on devices that are not known. Default 30;
	// from 1 to 6000.
	SignInsPerMinute int `toml:"sign_ins_per_minute"`
	// SessionTotal ends every session that came of a password. Default and most: that of limits.
	SessionTotal Duration `toml:"session_total"`
	// ExpectedFile is a list of further passwords that are not taken, one in each line: the name
	// of the station, its football club. Default none beside the list that comes along.
	ExpectedFile string `toml:"expected_file,omitempty"`
}

// OrDefault returns the settings with what the file does not say.
func (p Passwords) OrDefault() Passwords {
	for _, number := range []struct {
		at    *int
		value int
	}{{&p.MemoryMiB, 64}, {&p.Passes, 3}, {&p.AtOnce, min(max(2, runtime.NumCPU()), 64)}, {&p.SignInsPerMinute, 30}} {
		if *number.at == 0 {
			*number.at = number.value
		}
	}
	return p
}

func (c *checker) passwords(p *Passwords) {
	*p = p.OrDefault()
	c.number("passwords.memory_mib", p.MemoryMiB, 19, 1024)
	c.number("passwords.passes", p.Passes, 2, 16)
	c.number("passwords.at_once", p.AtOnce, 2, 64)
	c.number("passwords.sign_ins_per_minute", p.SignInsPerMinute, 1, 6000)
	if p.SessionTotal != 0 {
		c.duration("passwords.session_total", p.SessionTotal, time.Minute, 24*time.Hour)
	}
}
