// Command pivcard lets somebody without hardware try `tokenctl piv`: it holds a PIV card in a file,
// puts it into a reader of a smart card service of its own, and runs a command that finds it there.
//
//	pivcard --state card.json run -- tokenctl piv list
//	pivcard --state card.json run -- bash
//	pivcard --state card.json root > maker.pem
//
// The maker's root is no use to a release build of mais-server, which trusts no maker of tests; one
// that was built with the tag testcards takes it in [attestation] roots. The card guards nothing.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
)

const usage = `usage: pivcard --state FILE [flags] run -- COMMAND [ARGUMENT...]
       pivcard --state FILE [flags] root

run   puts the card into a reader and runs COMMAND with the environment in which it is found
root  prints the certificate of the card's maker

A card from the factory has PIN 123456 and PUK 12345678. flags, for a card that is not there yet:
`

func main() {
	code, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pivcard:", err)
	}
	os.Exit(code)
}

// errUsage is returned for a command line that says nothing that can be done.
var errUsage = errors.New("say --state FILE, and run -- COMMAND or root; next: pivcard --help")

func run(args []string, stdout io.Writer) (code int, err error) {
	flags := flag.NewFlagSet("pivcard", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	var o pivtest.Options
	var serial uint
	flags.StringVar(&o.File, "state", "", "the file that keeps the card; made when it is not there")
	flags.BoolVar(&o.Plain, "plain", false, "a card of SP 800-73 without a vendor's extensions")
	flags.UintVar(&serial, "serial", 0, "the serial number (default any)")
	flags.Func("firmware", "such as 5.7.1: what the card can (default 5.4.3)", func(s string) error {
		v := &o.Firmware
		_, err := fmt.Sscanf(s, "%d.%d.%d", &v.Major, &v.Minor, &v.Patch)
		return err
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0, nil
	} else if err != nil {
		return 2, err
	}
	o.Serial = uint32(serial)
	command := flags.Args()
	if o.File == "" || !legal(command) {
		return 2, errUsage
	}
	if command[0] == "run" && os.Geteuid() != 0 {
		return asRoot()
	}
	card, err := pivtest.New(o)
	if err != nil {
		return 1, err
	}
	if command[0] == "root" {
		return root(card, stdout)
	}
	return with(card, command[2:])
}

// legal says whether the words after the flags are one of those of the usage.
func legal(command []string) bool {
	return len(command) == 1 && command[0] == "root" || len(command) > 2 && command[0] == "run" && command[1] == "--"
}

func root(card *pivtest.Card, stdout io.Writer) (code int, err error) {
	if card.Maker() == nil {
		return 1, errors.New("a plain card has no maker")
	}
	if _, err := stdout.Write(card.Maker().RootPEM()); err != nil {
		return 1, err
	}
	return 0, nil
}

// with runs the command beside the card and returns its exit code.
func with(card *pivtest.Card, command []string) (code int, err error) {
	service, err := pcsc.Open()
	if err != nil {
		return 1, err
	}
	defer func() {
		if e := service.Close(); e != nil {
			code, err = 1, errors.Join(err, e)
		}
	}()
	if err := service.Put(0, card); err != nil {
		return 1, err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), service.Env()...)
	return wait(cmd)
}

// asRoot runs this program again as the root of a user namespace of its own, which may make the
// others that the smart card service wants. To the system the user is who they were.
func asRoot() (code int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	code, err = wait(cmd)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return 1, errors.New("this system lets only root have namespaces; next: run pivcard as root")
	}
	return code, err
}

// wait runs a command at this terminal. An interrupt from the keyboard is the command's.
func wait(cmd *exec.Cmd) (code int, err error) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGQUIT)
	defer signal.Stop(signals)
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
