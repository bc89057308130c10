package synthetic

import (
	"strings"

	"mais/server/internal/record"
)

func (w *writer) selfHarm() {
	w.section("suicide_and_self_harm", "ePEX", "P-NOMIS")
	w.yes("self_harm_history", w.harmed())
	w.yes("suicide_attempts", w.harmed())
	if w.harmed() {
		w.put("last_self_harm", record.Word(w.lastAttempt()))
		w.put("last_attempt_before_release", pick(w, []record.Word{"3 months", "6 months", "12 months", "Two years", "More than five years"}))
	}
	w.yes("self_harm_hospital_treatment", w.attempts.hospital)
	if w.attempts.hospital {
		w.beside("self_harm_hospital_treatment", func(e *record.Entry) {
			e.Details = pick(w, []string{"Resuscitated by ambulance crew.", "Two nights in hospital, seen by liaison psychiatry.", "Stitches in casualty, discharged himself."})
		})
	}
}

func (w *writer) lastAttempt() string {
	how := map[string][]string{
		overdose: {"Took an overdose of paracetamol.", "Took all of a week’s tablets at once.", "Overdose of heroin; said it was meant."},
		cutting:  {"Cut his arms with a razor blade.", "Cut his neck, superficial."},
		hanging:  {"Ligature made from bedding.", "Found hanging, cut down by a friend."},
	}
	where := pick(w, []string{"At home, alone.", "After an argument with his partner.", "In the hostel.", "While drinking."})
	if w.attempts.custody {
		where = pick(w, []string{"In a police cell.", "In prison, first night.", "In prison, after bad news by telephone."})
	}
	text := pick(w, how[w.attempts.methods[0]]) + " " + where
	if len(w.attempts.methods) > 1 {
		text += " Earlier attempts by " + strings.Join(w.attempts.methods[1:], " and ") + "."
	}
	return text
}

func (w *writer) significantDate() string {
	return pick(w, []string{"Death of his mother", "Birthday of his son", "Anniversary of his brother’s death", "Christmas",
		"Date of the separation", "His own birthday"}) + ", " + pick(w, []string{"January", "March", "May", "July", "October", "December"}) + "."
}

func (w *writer) riskFactors() {
	w.section("risk_factors", "ePEX", "OASys")
	if w.chance(80) {
		triggers := []string{"Goes quiet and stops eating.", "Talks of being watched.", "Gives his belongings away.", "Paces and will not sit.",
			"Says that nobody would miss him."}
		if w.misuse.alcohol {
			triggers = append(triggers, "Drinks more before a crisis.", "Shakes and sweats when without alcohol.")
		}
		if w.violence.any {
			triggers = append(triggers, "Becomes loud when touched; keep a distance.", "Does not cope with waiting.")
		}
		order := w.Perm(len(triggers))
		text := triggers[order[0]] + "\n" + triggers[order[1]]
		w.put("triggers_and_warning_signs", record.Word(text))
	}
	if w.chance(50) {
		w.put("significant_dates", record.Word(w.significantDate()))
	}
}

func (w *writer) violenceToOthers() {
	w.section("violence_to_others", "OASys", "DELIUS", "PNC")
	v := w.violence
	w.yes("mappa", v.category != "")
	w.put("mappa_category", record.Word(v.category))
	w.put("mappa_level", record.Word(v.level))
	w.yes("hramm", v.category != "" && w.chance(30))
	sexual := v.serious && w.chance(15)
	w.yes("visor", sexual)
	w.yes("violence", v.any)
	if v.any {
		w.put("violence_towards", w.victims(v))
	}
	w.yes("serious_violence", v.serious)
	if v.serious {
		kinds := record.Words{}
		if w.chance(60) {
			kinds = append(kinds, "carrying_weapons")
		}
		if sexual {
			kinds = append(kinds, "sexual_violence")
		}
		if w.chance(10) {
			kinds = append(kinds, "arson")
		}
		if len(kinds) == 0 {
			kinds = append(kinds, pick(w, []string{"other", "unknown"}))
		}
		w.put("serious_violence_kinds", kinds)
	}
	w.yes("discriminatory_attitudes", v.any && w.chance(20))
	if w.row["discriminatory_attitudes"].Is("yes") {
		w.put("discriminatory_towards", record.Words{pick(w, []string{"women", "racial", "homophobic", "anti_authoritarian"})})
	}
}

func (w *writer) victims(v violence) record.Words {
	towards := record.Words{}
	if v.authority {
		towards = append(towards, "those_in_authority")
		if w.chance(40) {
			towards = append(towards, pick(w, []string{"environmental_police", "environmental_prison", "environmental_probation"}))
		}
	}
	if v.significant {
		towards = append(towards, pick(w, []string{"family_members", "relationships_or_significant_others"}))
	}
	if w.chance(15) {
		towards = append(towards, "strangers")
	}
	return towards
}
