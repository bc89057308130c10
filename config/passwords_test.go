package config

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	s, err := parse([]byte("data_dir = \"x\"\nnames = [\"mais.example\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Passwords{MemoryMiB: 64, Passes: 3, AtOnce: min(max(2, runtime.NumCPU()), 64), SignInsPerMinute: 30}); s.Passwords != want {
		t.Errorf("by default %+v, want %+v", s.Passwords, want)
	}
	for bad, want := range map[string]string{
		"memory_mib = 8": "passwords.memory_mib", "passes = 1": "passwords.passes", "at_once = 1": "passwords.at_once",
		"sign_ins_per_minute = -1": "passwords.sign_ins_per_minute", "session_total = \"1s\"": "passwords.session_total", "pepper = \"x\"": "passwords.pepper",
	} {
		_, err := parse([]byte("data_dir = \"x\"\nnames = [\"mais.example\"]\n[passwords]\n" + bad + "\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a fault of %s", bad, err, want)
		}
	}
	s, err = parse([]byte("data_dir = \"x\"\nnames = [\"mais.example\"]\n[passwords]\nmemory_mib = 128\nsession_total = \"4h\"\n"))
	if err != nil || s.Passwords.MemoryMiB != 128 || s.Passwords.SessionTotal.Std() != 4*time.Hour {
		t.Errorf("Passwords = %+v, %v", s, err)
	}
}
