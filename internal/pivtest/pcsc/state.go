package pcsc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// This is as much of pcscd's protocol as tells what is in the readers (pcsc-lite,
// winscard_msg.h). It is used in place of the library because that finds one service a process.

// The commands.
const (
	commandVersion = 0x11
	commandWait    = 0x13 // the states, and once again when something changes
)

// The protocol is 4.4; a newer pcscd still speaks it.
const protocolMajor, protocolMinor = 4, 4

// A readerState is what pcscd says of a reader (winscard_msg.h, READER_STATE).
type readerState struct {
	Name      [128]byte
	Events    uint32
	State     uint32
	Sharing   int32
	ATR       [33]byte
	_         [3]byte
	ATRLength uint32
	Protocol  uint32
}

// maxReaders is how many states pcscd sends, used or not.
const maxReaders = 16

// The bits of a reader's state.
const (
	stateAbsent  = 0x02
	statePresent = 0x04
	statePowered = 0x10
)

func (r readerState) name() string { return string(bytes.TrimRight(r.Name[:], "\x00")) }

func (r readerState) empty() bool { return r.State&stateAbsent != 0 }

func (r readerState) holds(atr []byte) bool {
	return r.State&statePresent != 0 && bytes.Equal(r.ATR[:min(int(r.ATRLength), len(r.ATR))], atr)
}

// patience is when a service that sees no change is given up. It takes half a second at most.
const patience = 30 * time.Second

// await waits until a reader's state is as wanted, and returns it. It ends too when pcscd does.
func (s *Service) await(reader int, wanted func(readerState) bool) (readerState, error) {
	conn, err := net.Dial("unix", s.socket())
	if err != nil {
		return readerState{}, fmt.Errorf("ask pcscd: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if err := greet(conn); err != nil {
		return readerState{}, fmt.Errorf("ask pcscd: %w", err)
	}
	for {
		var states [maxReaders]readerState
		if err := ask(conn, commandWait, nil, &states); err != nil {
			return readerState{}, fmt.Errorf("ask pcscd: %w", err)
		}
		for _, r := range states {
			if r.name() == ReaderName(reader) && wanted(r) {
				return r, nil
			}
		}
		var change struct{ Timeout, Result uint32 }
		if err := binary.Read(conn, binary.NativeEndian, &change); err != nil {
			return readerState{}, fmt.Errorf("wait for pcscd: %w", err)
		}
	}
}

func greet(conn io.ReadWriter) error {
	version := struct{ Major, Minor, Result uint32 }{protocolMajor, protocolMinor, 0}
	if err := ask(conn, commandVersion, version, &version); err != nil {
		return err
	}
	if version.Result != 0 {
		return errors.New("it speaks another protocol")
	}
	return nil
}

// ask sends a command with its body, in the machine's byte order, and reads what comes back.
func ask(conn io.ReadWriter, command uint32, body, answer any) error {
	size := 0
	if body != nil {
		size = binary.Size(body)
	}
	var b bytes.Buffer
	binary.Write(&b, binary.NativeEndian, [2]uint32{uint32(size), command})
	if body != nil {
		binary.Write(&b, binary.NativeEndian, body)
	}
	if _, err := conn.Write(b.Bytes()); err != nil {
		return err
	}
	return binary.Read(conn, binary.NativeEndian, answer)
}
