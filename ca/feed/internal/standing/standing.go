// Package standing keeps how very many certificates stand in little memory: about eight
// bytes each, found in one step. Make a [Table] with [New], name a certificate with
// [Table.Key], and ask with [Table.Get].
//
// A certificate is known by 57 bits of a hash of all that names it, keyed with a secret that
// this process makes up for each table and shows nobody, so that no two certificates can be
// looked for that share them. By chance alone, a certificate that is not in the table is taken
// for one that is once in some 10^11 questions; see [Table.Get]. It keeps no names, cannot be
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

	// partBits of the hash choose a part of the table, and the parts move to a larger table one
	// by one: making room copies some thousands of entries at a time, not a million. The part and
	// the entry's own 48 bits are the 57 that tell certificates apart.
	partBits = 9
	parts    = 1 << partBits
	// A part is too full above fullest of 16 entries' places.
	fullest = 15
)

// State is how an entry stands: 1 to 7, in the caller's meaning. 0 is not there.
type State uint8

// Key is what the table knows a certificate by. It means nothing to another table.
type Key uint64

type block [blockBytes]byte

// part is a hash table with linear probing.
type part []block

// shelf has all parts, of one size, side by side: where a part lies is known without looking.
type shelf struct {
	blocks []block
	each   int // blocks of a part
}

func newShelf(each int) shelf { return shelf{inLargePages(make([]block, parts*each)), each} }

func (s shelf) part(n int) part { return s.blocks[n*s.each : (n+1)*s.each] }

// Table says how certificates stand.
type Table struct {
	seed maphash.Seed
	now  shelf
	// While the table grows, the parts before moved lie in next. One more moves with each
	// certificate that is new.
	next  shelf
	moved int
	held  [parts]int // entries of each part
	most  int        // blocks
	n     int
}

// New returns an empty table that takes up to so many bytes, and as many again while it grows:
// until some hundred new certificates have come. What does not fit any more takes another entry's
// place.
func New(bytes int) *Table {
	return &Table{seed: maphash.MakeSeed(), most: bytes / blockBytes}
}

// Key returns the key of the certificate with this issuer, serial and SHA-256 of its DER.
// Any goroutine may ask, at any time.
func (t *Table) Key(issuer, serial string, sha256 *[32]byte) Key {
	var room [128]byte // ours are shorter; what is longer costs an allocation
	b := append(room[:0], sha256[:]...)
	b = append(b, issuer...)
	b = append(b, 0)
	b = append(b, serial...)
	return Key(maphash.Bytes(t.seed, b))
}

// part returns where a key belongs, and the part's number. Its entry alone chooses the block
// within, or the entries could not be moved when the table grows.
func (t *Table) part(k Key) (part, int) {
	n := int(k >> (64 - partBits))
	if n < t.moved {
		return t.next.part(n), n
	}
	return t.now.part(n), n
}

func entryOf(k Key) uint64 { return uint64(k) & entryMask }

// home is the block in which an entry belongs, of n: the entry as a fraction, times n.
func home(entry uint64, n int) int {
	hi, _ := bits.Mul64(entry<<(64-8*entryBytes), uint64(n))
	return int(hi)
}

// Get returns a certificate's state, or 0 when the table does not hold it. For a certificate
// that it never held the answer is another's with a chance of as many in 2^48 as
// its part holds, some 2,000 of a million.
func (t *Table) Get(k Key) State {
	p, _ := t.part(k)
	if b, slot := p.find(entryOf(k)); b != nil {
		return b.state(slot)
	}
	return 0
}

// Update changes the state of a certificate that the table holds, and reports whether it does.
func (t *Table) Update(k Key, s State) bool {
	p, _ := t.part(k)
	b, slot := p.find(entryOf(k))
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
	if !t.makeRoom(k) {
		t.replace(k, s)
		return
	}
	p, n := t.part(k)
	p.add(entryOf(k), s)
	t.held[n]++
	t.n++
}

// Len returns how many certificates the table holds.
func (t *Table) Len() int { return t.n }

// Bytes returns how much memory the entries take.
func (t *Table) Bytes() int { return (len(t.now.blocks) + len(t.next.blocks)) * blockBytes }

// makeRoom reports whether the part of a new key has room for it. The table begins to grow, by a
// sixteenth, when that part is too full, and goes on growing with every key.
func (t *Table) makeRoom(k Key) bool {
	each := min(t.now.each+t.now.each/16+1, t.most/parts)
	if t.next.each == 0 && each > t.now.each && t.tooFull(k) {
		t.next = newShelf(each)
	}
	if t.next.each > 0 {
		t.move()
	}
	for t.next.each > 0 && t.tooFull(k) { // its turn does not wait
		t.move()
	}
	return !t.tooFull(k)
}

// tooFull reports whether one more would make the part of a key too full.
func (t *Table) tooFull(k Key) bool {
	p, n := t.part(k)
	return 16*(t.held[n]+1) > fullest*slots*len(p)
}

// move moves a part.
func (t *Table) move() {
	old, wider := t.now.part(t.moved), t.next.part(t.moved)
	for i := range old {
		for slot := range slots {
			if s := old[i].state(slot); s != 0 {
				wider.add(old[i].entry(slot), s)
			}
		}
	}
	if t.moved++; t.moved == parts {
		t.now, t.next, t.moved = t.next, shelf{}, 0
	}
}

// replace forgets any entry of the new one's home, so that the table stays as large as it is.
// A part that has no room at all takes nothing.
func (t *Table) replace(k Key, s State) {
	p, n := t.part(k)
	if len(p) == 0 {
		return
	}
	b := &p[home(entryOf(k), len(p))]
	slot := rand.IntN(slots)
	for slot > 0 && b.state(slot-1) == 0 { // filled from the first on
		slot--
	}
	if b.state(slot) == 0 { // nobody loses it
		t.held[n]++
		t.n++
	}
	b.set(slot, entryOf(k), s)
}

// find returns where an entry is, or nil. Entries are never taken out, so that a block with
// an empty place ends the search.
func (p part) find(entry uint64) (*block, int) {
	if len(p) == 0 {
		return nil, 0
	}
	at := home(entry, len(p))
	for range p {
		b := &p[at]
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
		if at++; at == len(p) {
			at = 0
		}
	}
	return nil, 0
}

// add puts an entry that is not there into the first empty place from its home on; there is one.
func (p part) add(entry uint64, s State) {
	for at := home(entry, len(p)); ; at = (at + 1) % len(p) {
		b := &p[at]
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
