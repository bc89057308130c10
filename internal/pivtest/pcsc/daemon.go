package pcsc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// drivers is where Debian puts them, and driver is vpcd's.
const (
	drivers = "/usr/lib/pcsc/drivers"
	driver  = drivers + "/serial/libifdvpcd.so"
)

// firstPort is where vpcd listens for the card of its first reader.
const firstPort = 0x8c7b

// installed finds pcscd, and says which package is missing.
func installed() (string, error) {
	program, err := exec.LookPath("pcscd")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pcscd") // not in the path of one who is not root
	}
	if err != nil {
		return "", errors.New("pcsc: no pcscd; next: apt-get install pcscd vsmartcard-vpcd (make deps does)")
	}
	if _, err := os.Stat(driver); err != nil {
		return "", errors.New("pcsc: pcscd has no virtual reader; next: apt-get install vsmartcard-vpcd (make deps does)")
	}
	return program, nil
}

// start starts pcscd in a network and on mounts of its own. It is given its socket as systemd
// would (sd_listen_fds(3)): so clients can connect before it is ready, and they are answered when
// its readers are there.
func (s *Service) start(program string) (err error) {
	if s.space, err = newNamespace(); err != nil {
		return err
	}
	config := filepath.Join(s.dir, "reader.conf")
	text := fmt.Sprintf("FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x%X\nLIBPATH %s\nCHANNELID 0x%X\n", firstPort, driver, firstPort)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return fmt.Errorf("start pcscd: %w", err)
	}
	if s.log, err = os.Create(filepath.Join(s.dir, "log")); err != nil {
		return fmt.Errorf("start pcscd: %w", err)
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: s.socket(), Net: "unix"})
	if err != nil {
		return fmt.Errorf("start pcscd: %w", err)
	}
	defer listener.Close() // pcscd has its own
	listener.SetUnlinkOnClose(false)
	socket, err := listener.File()
	if err != nil {
		return fmt.Errorf("start pcscd: %w", err)
	}
	defer socket.Close()

	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, program, "--foreground", "--config", config)
	cmd.Env = append(os.Environ(), "LISTEN_FDS=1")
	cmd.ExtraFiles = []*os.File{socket}
	cmd.Stdout, cmd.Stderr = s.log, s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.space.do(cmd.Start); err != nil {
		return fmt.Errorf("start pcscd: %w", err)
	}
	s.daemon = cmd
	go func() {
		cmd.Wait()
		close(s.ended)
	}()
	for reader := range Readers {
		if _, err := s.await(reader, readerState.empty); err != nil {
			return fmt.Errorf("start pcscd: %w\n%s", err, s.said())
		}
	}
	return nil
}

// Stop ends pcscd and leaves the rest: what a client sees then is a machine whose smart card
// service is down.
func (s *Service) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, at := range s.cards {
		if at != nil {
			at.leave()
			s.cards[i] = nil
		}
	}
	if s.daemon == nil {
		return nil
	}
	s.daemon.Process.Kill() // an error says that it has ended
	<-s.ended
	s.daemon = nil
	if err := os.Remove(s.socket()); err != nil {
		return fmt.Errorf("end pcscd: %w", err)
	}
	return nil
}

// said returns what pcscd said.
func (s *Service) said() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
