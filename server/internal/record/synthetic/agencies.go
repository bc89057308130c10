package synthetic

import "mais/server/internal/record"

// involved are the agencies and how often they have to do with a person, in percent.
var involved = []struct {
	percent int
	kind    record.Word
	names   []string
}{
	{75, "community_gp", []string{"Larkhill Surgery", "Harbour Medical Centre", "Ropewalk Practice", "Priory Health Centre"}},
	{70, "probation", []string{"Northmoor Probation", "Saltbridge Probation", "Wavermouth Probation"}},
	{45, "community_mental_health_team", []string{"Northmoor CMHT", "Eastmere CMHT", "Fellside CMHT"}},
	{30, "criminal_justice_liaison_team", []string{"Wavermouth Liaison Team"}},
	{20, "receiving_cpa", []string{"Mersea Vale NHS Trust, CPA office"}},
	{20, "crisis_intervention_team", []string{"Mersea Vale Crisis Team"}},
	{10, "social_worker", []string{"Ashgate Social Services", "Crosshey Social Services"}},
	{10, "neighbourhood_police", []string{"Northmoor Neighbourhood Team", "Dunbeck Neighbourhood Team"}},
}

func (w *writer) agencies() {
	for _, a := range involved {
		if w.chance(a.percent) {
			w.agency(a.kind, pick(w, a.names))
		}
	}
	if w.misuse.substance && w.chance(60) {
		w.agency("community_substance_misuse_agencies", pick(w, []string{"Lighthouse Recovery", "Fellside Drug and Alcohol Service"}))
	}
}

func (w *writer) agency(kind record.Word, name string) {
	w.section("agencies_involved", "DELIUS", "ePEX")
	w.put("kind", kind)
	w.put("name", record.Word(name))
	if w.chance(90) {
		w.put("address", record.Word(w.address()))
	}
	w.put("telephone", record.Word(w.landline()))
	if w.chance(50) {
		w.put("out_of_hours", record.Word(w.landline()))
	}
}
