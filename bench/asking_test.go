package bench

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"

	"mais/certs"
)

// askingVariable makes this test's binary the process that asks, so that what a client costs
// is not in the figures of the service.
const askingVariable = "MAIS_BENCH_ASKING"

func TestMain(m *testing.M) {
	if os.Getenv(askingVariable) == "" {
		os.Exit(m.Run())
	}
	if err := answerFor(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// question is one request, made on a connection that is open before it is asked.
type question struct {
	Connection   int // counted from 0 as they are met
	Path         string
	Body         json.RawMessage
	Certificates [][]byte // the client's, DER; none: it has none
	Key          []byte   // PKCS#8
}

// errand is what the other process is to do: connect, say so, wait for a line, ask all, and
// say so.
type errand struct {
	Address   string
	AtOnce    int
	Warm      string // is asked first on each connection; empty: nothing
	Want      int    // status of each answer
	Questions []question
}

// asker is the other process with its errand.
type asker struct {
	cmd  *exec.Cmd
	to   io.WriteCloser
	from *bufio.Reader
}

// startAsker starts the other process and returns when all its connections are open.
func startAsker(b *testing.B, e errand) *asker {
	b.Helper()
	self, err := os.Executable()
	must(b, err)
	cmd := exec.Command(self) // it ends with its input
	cmd.Env = append(os.Environ(), askingVariable+"=1")
	cmd.Stderr = os.Stderr
	to, err := cmd.StdinPipe()
	must(b, err)
	from, err := cmd.StdoutPipe()
	must(b, err)
	must(b, cmd.Start())
	a := &asker{cmd, to, bufio.NewReader(from)}
	must(b, json.NewEncoder(to).Encode(e))
	must(b, a.heard("ready"))
	return a
}

func (a *asker) heard(want string) error {
	line, err := a.from.ReadString('\n')
	if err != nil || line != want+"\n" {
		return fmt.Errorf("the process that asks says %q, %v, want %q", line, err, want)
	}
	return nil
}

// ask has everything asked.
func (a *asker) ask() error {
	if _, err := fmt.Fprintln(a.to, "go"); err != nil {
		return err
	}
	return a.heard("done")
}

// end closes the connections.
func (a *asker) end() error {
	a.to.Close()
	return a.cmd.Wait()
}

// answerFor is the other process.
func answerFor(in io.Reader, out io.Writer) error {
	input := bufio.NewReader(in)
	var e errand
	line, err := input.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &e)
	}
	if err != nil {
		return fmt.Errorf("read errand: %w", err)
	}
	lines, err := e.connect()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	if _, err := input.ReadString('\n'); err != nil {
		return err
	}
	err = atOnce(e.AtOnce, len(lines), func(at int) error {
		for _, q := range lines[at].questions {
			if err := lines[at].client.ask("POST", q.Path, q.Body, e.Want); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "done")
	_, err = input.ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	return err
}

// line is a connection and what is asked on it, one after another.
type line struct {
	client    *client
	questions []question
}

func (e errand) connect() ([]line, error) {
	lines := make([]line, 0, len(e.Questions))
	for _, q := range e.Questions {
		if q.Connection < len(lines) {
			lines[q.Connection].questions = append(lines[q.Connection].questions, q)
			continue
		}
		own, err := q.token()
		if err != nil {
			return nil, err
		}
		// Each comes from an address of its own, because what one may ask is bounded.
		source := net.IPv4(127, 1, byte(len(lines)>>8), byte(len(lines)))
		c := &client{address: e.Address, config: asClient(own), source: source}
		if err := c.open(); err != nil {
			return nil, err
		}
		if e.Warm != "" {
			if err := c.ask("GET", e.Warm, nil, 200); err != nil {
				return nil, err
			}
		}
		lines = append(lines, line{c, []question{q}})
	}
	return lines, nil
}

func (q question) token() (tls.Certificate, error) {
	if q.Key == nil {
		return tls.Certificate{}, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(q.Key)
	return tls.Certificate{Certificate: q.Certificates, PrivateKey: key}, err
}

// questionOf is asked with a token, or with none.
func questionOf(connection int, path string, body any, own tls.Certificate) (q question, err error) {
	q = question{Connection: connection, Path: path, Certificates: own.Certificate}
	if q.Body, err = json.Marshal(body); err != nil || own.PrivateKey == nil {
		return q, err
	}
	q.Key, err = x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	return q, err
}

// pemRequest is a request as the API takes it.
func pemRequest(csr []byte) string { return string(certs.EncodeRequest(csr)) }
