package ui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"mais/tokenctl/internal/fault"
)

// openTerminal opens the terminal that controls this process, wherever its standard streams
// lead. Without one, as under cron or a service manager, it fails.
func openTerminal() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) }

// HasTerminal reports whether a person can be asked.
func HasTerminal() bool {
	t, err := openTerminal()
	if err != nil {
		return false
	}
	t.Close()
	return true
}

func askHidden(ctx context.Context, prompt string) ([]byte, error) {
	return prompted(ctx, prompt, func(t *os.File) ([]byte, error) {
		value, err := term.ReadPassword(int(t.Fd()))
		fmt.Fprintln(t)
		return value, err
	})
}

func ask(ctx context.Context, prompt string) ([]byte, error) {
	return prompted(ctx, prompt, func(t *os.File) ([]byte, error) {
		return bufio.NewReader(io.LimitReader(t, maxSecret)).ReadBytes('\n')
	})
}

// prompted reads one answer. An interruption leaves the terminal as it was, echo on.
func prompted(ctx context.Context, prompt string, read func(*os.File) ([]byte, error)) ([]byte, error) {
	t, err := openTerminal()
	if err != nil {
		return nil, fault.New(fault.NeedsSecret, "", "there is no terminal to ask on")
	}
	defer t.Close()
	before, err := term.GetState(int(t.Fd()))
	if err != nil {
		return nil, fmt.Errorf("read the terminal's state: %w", err)
	}
	fmt.Fprint(t, prompt)
	type answer struct {
		value []byte
		err   error
	}
	got := make(chan answer, 1)
	go func() {
		value, err := read(t)
		got <- answer{value, err}
	}()
	select {
	case a := <-got:
		if errors.Is(a.err, io.EOF) {
			return nil, fault.New(fault.Usage, "", "nothing was typed")
		}
		return a.value, a.err
	case <-ctx.Done():
		term.Restore(int(t.Fd()), before)
		fmt.Fprintln(t)
		return nil, ctx.Err()
	}
}
