package synthetic

import "math/rand/v2"

// packSize is the size of the report's sample, and of every pack below.
const packSize = 31

// traits is one card of each pack: what the report counts about a person.
type traits struct {
	age        int
	chinese    bool
	homeless   bool
	isReleased bool
	misuse     misuse
	diagnosis  diagnosis
	attempts   attempts
	body       body
	violence   violence
}

type misuse struct{ substance, alcohol bool }

type diagnosis struct {
	primary, other string
	secondary      string
}

type attempts struct {
	methods           []string // none: never attempted
	hospital, custody bool
}

type body struct {
	epilepsy, diabetes, asthma, brain, heart bool
	brainDetails                             string
}

type violence struct {
	any, serious           bool
	authority, significant bool
	category, level        string // of MAPPA; "" not registered
}

// The packs. The numbers beside are the report's, of 31.
var (
	// Mean 37 years, SD 12.1, range 21-56.
	ages = []int{21, 21, 22, 22, 23, 23, 25, 25, 25, 27, 28, 29, 29, 31, 34, 35, 41, 43, 43, 44, 46, 47, 48, 49, 50, 50, 51, 52, 53, 54, 56}
	// One participant was Chinese, the others white British.
	chinese = pack(cards(1, true))
	// Ten had a history of homelessness.
	homeless = pack(cards(10, true))
	// Twenty-four were released while the network was live.
	released = pack(cards(24, true))
	// Seventeen had misused substances, fourteen alcohol, eight of them both.
	misuses = pack(cards(8, misuse{true, true}), cards(9, misuse{substance: true}), cards(6, misuse{alcohol: true}))
	// Table 3; a personality disorder is the secondary diagnosis of four.
	diagnosisCards = pack(
		cards(7, diagnosis{primary: "schizophrenia_or_other_delusional_disorders"}),
		cards(2, diagnosis{primary: "schizophrenia_or_other_delusional_disorders", secondary: "personality_disorder"}),
		cards(7, diagnosis{primary: "depressive_illness"}),
		cards(2, diagnosis{primary: "depressive_illness", secondary: "personality_disorder"}),
		cards(8, diagnosis{primary: "personality_disorder"}),
		cards(2, diagnosis{primary: "bipolar_affective_disorder"}),
		cards(1, diagnosis{primary: "organic_disorder"}),
		cards(1, diagnosis{primary: "other", other: "Drug-induced psychosis"}),
		cards(1, diagnosis{primary: "other", other: "Asperger’s syndrome"}))
	// Twenty-five had attempted suicide: fourteen by overdose, nine by cutting, nine by
	// hanging (some by several); five had needed a hospital, six had attempted it in custody.
	attemptCards = pack(
		cards(2, attempts{methods: []string{overdose, hanging}, hospital: true, custody: true}),
		cards(3, attempts{methods: []string{overdose, cutting}, hospital: true}),
		cards(2, attempts{methods: []string{overdose, cutting}}),
		cards(7, attempts{methods: []string{overdose}}),
		cards(2, attempts{methods: []string{cutting}, custody: true}),
		cards(2, attempts{methods: []string{cutting}}),
		cards(2, attempts{methods: []string{hanging}, custody: true}),
		cards(5, attempts{methods: []string{hanging}}))
	// Five had asthma, four epilepsy, two a brain injury (one after a tumour, with epilepsy
	// since), two heart problems, one diabetes.
	bodies = pack(
		cards(4, body{asthma: true}), cards(1, body{asthma: true, heart: true}),
		cards(1, body{brain: true, epilepsy: true, brainDetails: "Treated for a brain tumour; epilepsy since."}),
		cards(1, body{brain: true, brainDetails: "Injured in a road traffic accident."}),
		cards(3, body{epilepsy: true}), cards(1, body{heart: true}), cards(1, body{diabetes: true}))
	violenceCards = dealViolence()
)

const (
	overdose = "overdose"
	cutting  = "cutting"
	hanging  = "hanging"
)

// dealViolence: twenty-seven had been violent, fourteen of them seriously; nine towards
// people in authority, nineteen towards people close to them. Fifteen were registered with
// MAPPA, here the most violent: six each at category 2 level 1 and category 2 level 2, two
// at 1 and 1, one at 3 and 2.
func dealViolence() []violence {
	all := make([]violence, packSize)
	for n := range 27 {
		all[n] = violence{any: true, serious: n < 14, authority: n%3 == 0, significant: n%3 != 0 || n == 0}
		switch {
		case n < 6:
			all[n].category, all[n].level = "2", "2"
		case n < 12:
			all[n].category, all[n].level = "2", "1"
		case n < 14:
			all[n].category, all[n].level = "1", "1"
		case n < 15:
			all[n].category, all[n].level = "3", "2"
		}
	}
	return all
}

func cards[T any](n int, card T) []T {
	same := make([]T, n)
	for i := range same {
		same[i] = card
	}
	return same
}

// pack fills up with blank cards.
func pack[T any](parts ...[]T) []T {
	all := make([]T, 0, packSize)
	for _, p := range parts {
		all = append(all, p...)
	}
	return all[:packSize]
}

// hand is a shuffled order of each pack, for thirty-one people in turn.
type hand struct{ orders [9][]int }

func dealHand(seed, number uint64) hand {
	r := rand.New(rand.NewPCG(seed, number))
	var h hand
	for n := range h.orders {
		h.orders[n] = r.Perm(packSize)
	}
	return h
}

func (h hand) person(n int) traits {
	return traits{
		age: ages[h.orders[0][n]], chinese: chinese[h.orders[1][n]], homeless: homeless[h.orders[2][n]],
		isReleased: released[h.orders[3][n]], misuse: misuses[h.orders[4][n]], diagnosis: diagnosisCards[h.orders[5][n]],
		attempts: attemptCards[h.orders[6][n]], body: bodies[h.orders[7][n]], violence: violenceCards[h.orders[8][n]],
	}
}
