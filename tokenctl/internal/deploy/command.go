package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/notify"
)

const (
	// CommandLimit is how long a command may take.
	CommandLimit = time.Minute

	// pipeLimit is how long a child of the command, which it left behind, may hold its output.
	pipeLimit = 5 * time.Second

	maxCommand = 4 << 10
	maxOutput  = 2 << 10
)

// Command is a program with its arguments. The zero Command does nothing.
type Command struct {
	words []string
	limit time.Duration
}

// ParseCommand splits text at its spaces. There is no shell and no quoting: text that looks
// as if it counted on either is refused, rather than run as something else than was meant.
func ParseCommand(text string) (Command, error) {
	const next = "put it into a script, and name that"
	if text == "" {
		return Command{}, nil
	}
	words := strings.Fields(text)
	if len(words) == 0 || len(text) > maxCommand {
		return Command{}, fault.New(fault.Usage, next, "--reload: that is no command")
	}
	if at := strings.IndexAny(text, "'\"`\\$|&;<>*?\x00\n"); at >= 0 {
		return Command{}, fault.New(fault.Usage, next, "--reload: the command is not run by a shell, which alone understands %q", text[at:at+1])
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return Command{}, fault.New(fault.Usage, "write the whole path of the program", "--reload").Because(err)
	}
	return Command{words, CommandLimit}, nil
}

func (c Command) none() bool { return len(c.words) == 0 }

// String returns the command as it was written, but for spaces.
func (c Command) String() string { return strings.Join(c.words, " ") }

// Run runs the command to its end, or ends it with all its children when its time is over.
// It has no input, and none of the variables that are between the service manager and us.
func (c Command) Run(ctx context.Context) error {
	if c.none() {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	cmd := exec.CommandContext(limited, c.words[0], c.words[1:]...)
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Env = slices.DeleteFunc(os.Environ(), ours)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = pipeLimit
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		err = fmt.Errorf("it was ended after %s", c.limit)
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it succeeded, and has left a child that keeps its output open
	}
	return fault.New(fault.Partly, "see what it says; it is tried again until it succeeds", "the token is good, and '%s' failed", c).Because(said.with(err))
}

func ours(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains([]string{notify.SocketVariable, notify.IntervalVariable, notify.ProcessVariable, "CREDENTIALS_DIRECTORY"}, name)
}

// tail keeps the end of what a command says.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - maxOutput; over > 0 {
		t.text = slices.Delete(t.text, 0, over)
	}
	return len(p), nil
}

func (t *tail) with(err error) error {
	said := strings.ToValidUTF8(string(bytes.TrimSpace(t.text)), "")
	if said == "" {
		return err
	}
	return fmt.Errorf("%w: %s", err, said)
}
