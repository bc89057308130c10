// Package standing keeps how very many certificates stand in little memory: about eight
// bytes each, found in one step. Make a [Table] with [New], name a certificate with
// [Table.Key], and ask with [Table.Get].
//
// A certificate is known by 60 bits of a hash of all that names it, keyed with a secret that
// this process makes up for each table and shows nobody, so that no two certificates can be
// looked for that share them. By chance alone, a certificate that is not in the table is taken
// for one that is once in some 10^12 questions; see [Table.Get]. It keeps no names, cannot be
// listed, forgets at random when it is full, and is for one goroutine at a time.
package standing

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
)

const (
	// A block is one line of the processor's cache: ten entries of six bytes, filled from the
	// first on, and three bits for the state of each in the last four bytes.
	blockBytes = 64
	slots      = 10
	entryBytes = 6
	entryMask  = 1<<(8*entryBytes) - 1
	stateBits  = 3
	stateMask  = 1<<stateBits - 1
	statesAt   = blockBytes - 4

	// partBits of the hash choose a part of the table, which grows by itself: making room
	// copies some hundreds of entries, not a million. The part and the entry's own 48 bits
	// are the 60 that tell certificates apart.
	partBits = 12
	// A part grows when it is fuller than fullest of 16 entries' places.
	fullest = 14
)

// State is how an entry stands: 1 to 7, in the caller's meaning. 0 is not there.
type State uint8

// Key is what the table knows a certificate by. It means nothing to another table.
type Key uint64

type block [blockBytes]byte

// part is a hash table with linear probing, of blocks.
type part struct {
	blocks []block
	n      int
}

// Table says how certificates stand.
type Table struct {
	seed   maphash.Seed
	parts  [1 << partBits]part
	blocks int // of all parts
	most   int
	n      int
}

// New returns an empty table that takes up to about so many bytes. What does not fit any
// more takes another entry's place.
func New(bytes int) *Table {
	return &Table{seed: maphash.MakeSeed(), most: bytes / blockBytes}
}

// Key returns the key of the certificate with this issuer, serial and SHA-256 of its DER.
func (t *Table) Key(issuer, serial string, sha256 *[32]byte) Key {
	var room [128]byte // ours are shorter; what is longer costs an allocation
	b := append(room[:0], sha256[:]...)
	b = append(b, issuer...)
	b = append(b, 0)
	b = append(b, serial...)
	return Key(maphash.Bytes(t.seed, b))
}

// part returns where a key belongs. Its entry alone chooses the block, or the entries could
// not be moved when the part grows.
func (t *Table) part(k Key) *part { return &t.parts[k>>(64-partBits)] }

func entryOf(k Key) uint64 { return uint64(k) & entryMask }

// home is the block in which an entry belongs, of n: the entry as a fraction, times n.
func home(entry uint64, n int) int {
	hi, _ := bits.Mul64(entry<<(64-8*entryBytes), uint64(n))
	return int(hi)
}

// Get returns a certificate's state, or 0 when the table does not hold it. For a certificate
// that it never held the answer is another's with a chance of as many in 2^48 as
// its part holds, some 250 of a million.
func (t *Table) Get(k Key) State {
	if b, slot := t.part(k).find(entryOf(k)); b != nil {
		return b.state(slot)
	}
	return 0
}

// Update changes the state of a certificate that the table holds, and reports whether it does.
func (t *Table) Update(k Key, s State) bool {
	b, slot := t.part(k).find(entryOf(k))
	if b != nil {
		b.set(slot, entryOf(k), s)
	}
	return b != nil
}

// Put records a certificate's state, which is not 0.
func (t *Table) Put(k Key, s State) {
	if t.Update(k, s) {
		return
	}
	p := t.part(k)
	if 16*(p.n+1) > fullest*slots*len(p.blocks) && !t.grow(p) {
		t.replace(p, entryOf(k), s)
		return
	}
	p.add(entryOf(k), s)
	p.n++
	t.n++
}

// Len returns how many certificates the table holds.
func (t *Table) Len() int { return t.n }

// Bytes returns how much memory the entries take.
func (t *Table) Bytes() int { return t.blocks * blockBytes }

// grow makes a part an eighth larger, unless the table is as large as it may be.
func (t *Table) grow(p *part) bool {
	want := len(p.blocks) + len(p.blocks)/8 + 1
	if t.blocks+want-len(p.blocks) > t.most {
		return false
	}
	old := p.blocks
	p.blocks = append([]block(nil), make([]block, want)...)
	p.blocks = p.blocks[:cap(p.blocks)] // all that the allocator gives anyway
	t.blocks += len(p.blocks) - len(old)
	for i := range old {
		for slot := range slots {
			if s := old[i].state(slot); s != 0 {
				p.add(old[i].entry(slot), s)
			}
		}
	}
	return true
}

// replace forgets any entry of the new one's home, so that the table stays as large as it is.
// A part that has no room at all takes nothing.
func (t *Table) replace(p *part, entry uint64, s State) {
	if len(p.blocks) == 0 {
		return
	}
	b := &p.blocks[home(entry, len(p.blocks))]
	slot := rand.IntN(slots)
	for slot > 0 && b.state(slot-1) == 0 { // filled from the first on
		slot--
	}
	if b.state(slot) == 0 { // nobody loses it
		p.n++
		t.n++
	}
	b.set(slot, entry, s)
}

// find returns where an entry is, or nil. Entries are never taken out, so that a block with
// an empty place ends the search.
func (p *part) find(entry uint64) (*block, int) {
	if len(p.blocks) == 0 {
		return nil, 0
	}
	at := home(entry, len(p.blocks))
	for range p.blocks {
		b := &p.blocks[at]
		states := b.states()
		for slot := range slots {
			if states&stateMask == 0 {
				return nil, 0
			}
			if b.entry(slot) == entry {
				return b, slot
			}
			states >>= stateBits
		}
		if at++; at == len(p.blocks) {
			at = 0
		}
	}
	return nil, 0
}

// add puts an entry that is not there into the first empty place from its home on; there is one.
func (p *part) add(entry uint64, s State) {
	for at := home(entry, len(p.blocks)); ; at = (at + 1) % len(p.blocks) {
		b := &p.blocks[at]
		for slot := range slots {
			if b.state(slot) == 0 {
				b.set(slot, entry, s)
				return
			}
		}
	}
}

func (b *block) states() uint32 { return binary.LittleEndian.Uint32(b[statesAt:]) }

func (b *block) state(slot int) State {
	return State(b.states() >> (stateBits * slot) & stateMask)
}

// entry reads two bytes too many, which are still in the block.
func (b *block) entry(slot int) uint64 {
	return binary.LittleEndian.Uint64(b[entryBytes*slot:]) & entryMask
}

func (b *block) set(slot int, entry uint64, s State) {
	var bytes [8]byte
	binary.LittleEndian.PutUint64(bytes[:], entry)
	copy(b[entryBytes*slot:], bytes[:entryBytes])
	shift := stateBits * slot
	binary.LittleEndian.PutUint32(b[statesAt:], b.states()&^(stateMask<<shift)|uint32(s)<<shift)
}
