-- Schema record: the people and what is recorded of them, with a table for each section of the dataset and a typed
-- column for each of its items. The dictionary of package record says what is here; tests compare in both directions.
--
-- NULL is "not recorded". Beside each value stand the day on which it was known to hold (_as_at) and where it came from
-- (_source), under the same grants: otherwise a date would tell that a diagnosis was entered. Each login role is
-- granted, column by column, what its users may see or write at most. Nobody may delete.

-- +goose Up
CREATE SCHEMA record;
REVOKE ALL ON SCHEMA record FROM PUBLIC;
GRANT USAGE ON SCHEMA record
    TO mais_read_restricted, mais_read_full, mais_write_health, mais_write_justice, mais_write_community;

CREATE TYPE record.tri AS ENUM ('yes', 'no', 'unknown', 'refused');
CREATE TYPE record.pref AS ENUM ('yes', 'no', 'no-preference');
CREATE TYPE record.certainty AS ENUM ('actual', 'estimated', 'unknown');

CREATE DOMAIN record.line AS text
    CHECK (char_length(VALUE) BETWEEN 1 AND 200 AND VALUE !~ '[[:cntrl:]]');
CREATE DOMAIN record.note AS text
    CHECK (char_length(VALUE) BETWEEN 1 AND 2000 AND translate(VALUE, E'\n', '') !~ '[[:cntrl:]]');
CREATE DOMAIN record.day AS date
    CHECK (VALUE BETWEEN '1900-01-01' AND '2100-12-31');

-- A person. source and source_reference say which record of which system this is, so that a second import changes
-- nothing. They are not for police: the reference may be the number of a mental-health record.
CREATE TABLE record.person (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    source record.line NOT NULL,
    source_reference record.line NOT NULL,
    prison_number record.line,
    pnc_number record.line,
    nhs_number record.line,
    CONSTRAINT person_source_reference UNIQUE (source, source_reference)
);
GRANT SELECT (id, prison_number, pnc_number) ON record.person TO mais_read_restricted;
GRANT SELECT (id, created_at, source, source_reference, prison_number, pnc_number, nhs_number) ON record.person
    TO mais_read_full, mais_write_health;
GRANT INSERT (id, source, source_reference, prison_number, pnc_number, nhs_number),
    UPDATE (prison_number, pnc_number, nhs_number) ON record.person TO mais_write_health;
GRANT SELECT (id) ON record.person TO mais_write_justice, mais_write_community;

-- The names of a person and their aliases, as record.NormaliseName files them. Whoever writes a name writes it here.
CREATE TABLE record.search_name (
    person uuid NOT NULL REFERENCES record.person ON DELETE CASCADE,
    surname_key text NOT NULL,
    first_name_key text NOT NULL,
    is_alias boolean NOT NULL,
    PRIMARY KEY (person, is_alias, surname_key, first_name_key)
);
CREATE INDEX search_name_surname ON record.search_name (surname_key text_pattern_ops, first_name_key text_pattern_ops);
CREATE INDEX search_name_first_name ON record.search_name (first_name_key text_pattern_ops);
GRANT SELECT (person, surname_key, first_name_key, is_alias) ON record.search_name
    TO mais_read_restricted, mais_read_full, mais_write_health, mais_write_justice;
GRANT INSERT (person, surname_key, first_name_key, is_alias), UPDATE (surname_key, first_name_key) ON record.search_name
    TO mais_write_health, mais_write_justice;

-- Service user details.
CREATE TABLE record.service_user_details (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    first_name record.line NOT NULL, first_name_as_at record.day NOT NULL, first_name_source record.line NOT NULL,

    surname record.line NOT NULL, surname_as_at record.day NOT NULL, surname_source record.line NOT NULL,

    aliases_as_at record.day, aliases_source record.line,
        CHECK (num_nonnulls(aliases_as_at, aliases_source) IN (0, 2)),

    date_of_birth record.day NOT NULL, date_of_birth_as_at record.day NOT NULL,
    date_of_birth_source record.line NOT NULL,

    date_of_release record.day, date_of_release_certainty record.certainty, date_of_release_as_at record.day,
    date_of_release_source record.line,
        CHECK ((date_of_release IS NULL)
            = (date_of_release_certainty IS NULL OR date_of_release_certainty = 'unknown')),
        CHECK (num_nonnulls(date_of_release_certainty, date_of_release_as_at, date_of_release_source) IN (0, 3)),

    epex_number record.line, epex_number_as_at record.day, epex_number_source record.line,
        CHECK (num_nonnulls(epex_number, epex_number_as_at, epex_number_source) IN (0, 3)),

    interpreter_needed record.tri, interpreter_needed_as_at record.day, interpreter_needed_source record.line,
        CHECK (num_nonnulls(interpreter_needed, interpreter_needed_as_at, interpreter_needed_source) IN (0, 3)),

    language_spoken record.line, language_spoken_as_at record.day, language_spoken_source record.line,
        CHECK (num_nonnulls(language_spoken, language_spoken_as_at, language_spoken_source) IN (0, 3)),

    last_known_address record.line, last_known_address_as_at record.day, last_known_address_source record.line,
        CHECK (num_nonnulls(last_known_address, last_known_address_as_at, last_known_address_source) IN (0, 3)),

    directed_address record.line, directed_address_as_at record.day, directed_address_source record.line,
        CHECK (num_nonnulls(directed_address, directed_address_as_at, directed_address_source) IN (0, 3)),

    preferred_contact_name record.line, preferred_contact_relationship record.line,
    preferred_contact_address record.line, preferred_contact_telephone record.line,
    preferred_contact_out_of_hours record.line, preferred_contact_unsuitable boolean,
    preferred_contact_none_named boolean, preferred_contact_as_at record.day, preferred_contact_source record.line,
        CHECK (preferred_contact_unsuitable IS NULL OR preferred_contact_unsuitable AND preferred_contact_name
            IS NOT NULL),
        CHECK (preferred_contact_none_named IS NULL OR preferred_contact_none_named AND
            num_nonnulls(preferred_contact_name, preferred_contact_relationship, preferred_contact_address,
            preferred_contact_telephone, preferred_contact_out_of_hours, preferred_contact_unsuitable) = 0),
        CHECK (num_nonnulls(preferred_contact_as_at, preferred_contact_source)
            = CASE num_nonnulls(preferred_contact_name, preferred_contact_relationship, preferred_contact_address,
            preferred_contact_telephone, preferred_contact_out_of_hours, preferred_contact_unsuitable,
            preferred_contact_none_named) WHEN 0 THEN 0 ELSE 2 END),

    preferred_contact_as_appropriate_adult record.tri, preferred_contact_as_appropriate_adult_as_at record.day,
    preferred_contact_as_appropriate_adult_source record.line,
        CHECK (num_nonnulls(preferred_contact_as_appropriate_adult, preferred_contact_as_appropriate_adult_as_at,
            preferred_contact_as_appropriate_adult_source) IN (0, 3)),

    main_health_professional_name record.line, main_health_professional_relationship record.line,
    main_health_professional_address record.line, main_health_professional_telephone record.line,
    main_health_professional_out_of_hours record.line, main_health_professional_unsuitable boolean,
    main_health_professional_none_named boolean, main_health_professional_as_at record.day,
    main_health_professional_source record.line,
        CHECK (main_health_professional_unsuitable IS NULL OR main_health_professional_unsuitable AND
            main_health_professional_name IS NOT NULL),
        CHECK (main_health_professional_none_named IS NULL OR main_health_professional_none_named AND
            num_nonnulls(main_health_professional_name, main_health_professional_relationship,
            main_health_professional_address, main_health_professional_telephone,
            main_health_professional_out_of_hours, main_health_professional_unsuitable) = 0),
        CHECK (num_nonnulls(main_health_professional_as_at, main_health_professional_source)
            = CASE num_nonnulls(main_health_professional_name, main_health_professional_relationship,
            main_health_professional_address, main_health_professional_telephone,
            main_health_professional_out_of_hours, main_health_professional_unsuitable,
            main_health_professional_none_named) WHEN 0 THEN 0 ELSE 2 END)
);

-- The entries of aliases; the provenance of all stands there.
CREATE TABLE record.alias (
    person uuid NOT NULL REFERENCES record.person ON DELETE CASCADE,
    ordinal smallint NOT NULL CHECK (ordinal > 0),
    PRIMARY KEY (person, ordinal),

    first_name record.line,
    surname record.line,
        CHECK (num_nonnulls(first_name, surname) > 0)
);

-- Summary of physical health issues.
CREATE TABLE record.physical_health (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    epilepsy record.tri, epilepsy_details record.note, epilepsy_as_at record.day, epilepsy_source record.line,
        CHECK (epilepsy_details IS NULL OR epilepsy IS NOT NULL),
        CHECK (num_nonnulls(epilepsy, epilepsy_as_at, epilepsy_source) IN (0, 3)),

    diabetes record.tri, diabetes_details record.note, diabetes_as_at record.day, diabetes_source record.line,
        CHECK (diabetes_details IS NULL OR diabetes IS NOT NULL),
        CHECK (num_nonnulls(diabetes, diabetes_as_at, diabetes_source) IN (0, 3)),

    asthma record.tri, asthma_details record.note, asthma_as_at record.day, asthma_source record.line,
        CHECK (asthma_details IS NULL OR asthma IS NOT NULL),
        CHECK (num_nonnulls(asthma, asthma_as_at, asthma_source) IN (0, 3)),

    brain_injuries record.tri, brain_injuries_details record.note, brain_injuries_as_at record.day,
    brain_injuries_source record.line,
        CHECK (brain_injuries_details IS NULL OR brain_injuries IS NOT NULL),
        CHECK (num_nonnulls(brain_injuries, brain_injuries_as_at, brain_injuries_source) IN (0, 3)),

    heart_problems record.tri, heart_problems_details record.note, heart_problems_as_at record.day,
    heart_problems_source record.line,
        CHECK (heart_problems_details IS NULL OR heart_problems IS NOT NULL),
        CHECK (num_nonnulls(heart_problems, heart_problems_as_at, heart_problems_source) IN (0, 3))
);

-- Summary of mental health issues.
CREATE TABLE record.mental_health_summary (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    significant_other_as_appropriate_adult record.pref, significant_other_as_appropriate_adult_as_at record.day,
    significant_other_as_appropriate_adult_source record.line,
        CHECK (num_nonnulls(significant_other_as_appropriate_adult, significant_other_as_appropriate_adult_as_at,
            significant_other_as_appropriate_adult_source) IN (0, 3)),

    significant_other_contact_name record.line, significant_other_contact_relationship record.line,
    significant_other_contact_address record.line, significant_other_contact_telephone record.line,
    significant_other_contact_out_of_hours record.line, significant_other_contact_unsuitable boolean,
    significant_other_contact_none_named boolean, significant_other_contact_as_at record.day,
    significant_other_contact_source record.line,
        CHECK (significant_other_contact_unsuitable IS NULL OR significant_other_contact_unsuitable AND
            significant_other_contact_name IS NOT NULL),
        CHECK (significant_other_contact_none_named IS NULL OR significant_other_contact_none_named AND
            num_nonnulls(significant_other_contact_name, significant_other_contact_relationship,
            significant_other_contact_address, significant_other_contact_telephone,
            significant_other_contact_out_of_hours, significant_other_contact_unsuitable) = 0),
        CHECK (num_nonnulls(significant_other_contact_name, significant_other_contact_relationship,
            significant_other_contact_address, significant_other_contact_telephone,
            significant_other_contact_out_of_hours, significant_other_contact_unsuitable,
            significant_other_contact_none_named) = 0 OR significant_other_as_appropriate_adult
            IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(significant_other_contact_as_at, significant_other_contact_source)
            = CASE num_nonnulls(significant_other_contact_name, significant_other_contact_relationship,
            significant_other_contact_address, significant_other_contact_telephone,
            significant_other_contact_out_of_hours, significant_other_contact_unsuitable,
            significant_other_contact_none_named) WHEN 0 THEN 0 ELSE 2 END),

    professional_as_appropriate_adult record.pref, professional_as_appropriate_adult_as_at record.day,
    professional_as_appropriate_adult_source record.line,
        CHECK (num_nonnulls(professional_as_appropriate_adult, professional_as_appropriate_adult_as_at,
            professional_as_appropriate_adult_source) IN (0, 3)),

    professional_contact_name record.line, professional_contact_relationship record.line,
    professional_contact_address record.line, professional_contact_telephone record.line,
    professional_contact_out_of_hours record.line, professional_contact_unsuitable boolean,
    professional_contact_none_named boolean, professional_contact_as_at record.day,
    professional_contact_source record.line,
        CHECK (professional_contact_unsuitable IS NULL OR professional_contact_unsuitable AND
            professional_contact_name IS NOT NULL),
        CHECK (professional_contact_none_named IS NULL OR professional_contact_none_named AND
            num_nonnulls(professional_contact_name, professional_contact_relationship, professional_contact_address,
            professional_contact_telephone, professional_contact_out_of_hours, professional_contact_unsuitable) = 0),
        CHECK (num_nonnulls(professional_contact_name, professional_contact_relationship,
            professional_contact_address, professional_contact_telephone, professional_contact_out_of_hours,
            professional_contact_unsuitable, professional_contact_none_named) = 0 OR
            professional_as_appropriate_adult IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(professional_contact_as_at, professional_contact_source)
            = CASE num_nonnulls(professional_contact_name, professional_contact_relationship, professional_contact_address,
            professional_contact_telephone, professional_contact_out_of_hours, professional_contact_unsuitable,
            professional_contact_none_named) WHEN 0 THEN 0 ELSE 2 END),

    learning_difficulties record.tri, learning_difficulties_as_at record.day,
    learning_difficulties_source record.line,
        CHECK (num_nonnulls(learning_difficulties, learning_difficulties_as_at, learning_difficulties_source)
            IN (0, 3)),

    mental_disorder record.tri, mental_disorder_as_at record.day, mental_disorder_source record.line,
        CHECK (num_nonnulls(mental_disorder, mental_disorder_as_at, mental_disorder_source) IN (0, 3)),

    previous_mental_health_problems record.tri, previous_mental_health_problems_as_at record.day,
    previous_mental_health_problems_source record.line,
        CHECK (num_nonnulls(previous_mental_health_problems, previous_mental_health_problems_as_at,
            previous_mental_health_problems_source) IN (0, 3)),

    self_harm record.tri, self_harm_as_at record.day, self_harm_source record.line,
        CHECK (num_nonnulls(self_harm, self_harm_as_at, self_harm_source) IN (0, 3)),

    significant_dates_self_harm record.tri, significant_dates_self_harm_details record.note,
    significant_dates_self_harm_as_at record.day, significant_dates_self_harm_source record.line,
        CHECK (significant_dates_self_harm_details IS NULL OR significant_dates_self_harm IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(significant_dates_self_harm, significant_dates_self_harm_as_at,
            significant_dates_self_harm_source) IN (0, 3)),

    problematic_drug_use record.tri, problematic_drug_use_as_at record.day, problematic_drug_use_source record.line,
        CHECK (num_nonnulls(problematic_drug_use, problematic_drug_use_as_at, problematic_drug_use_source) IN (0, 3))
);

-- Mental health issues.
CREATE TABLE record.mental_health_diagnosis (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    primary_diagnosis text, primary_diagnosis_other record.line, primary_diagnosis_as_at record.day,
    primary_diagnosis_source record.line,
        CHECK (primary_diagnosis IN ('schizophrenia_or_other_delusional_disorders', 'bipolar_affective_disorder',
            'depressive_illness', 'anxiety_disorders', 'dementia', 'personality_disorder', 'organic_disorder',
            'learning_disabilities', 'other')),
        CHECK (primary_diagnosis_other IS NULL OR primary_diagnosis IS NOT DISTINCT FROM 'other'),
        CHECK (num_nonnulls(primary_diagnosis, primary_diagnosis_as_at, primary_diagnosis_source) IN (0, 3)),

    secondary_diagnosis text, secondary_diagnosis_other record.line, secondary_diagnosis_as_at record.day,
    secondary_diagnosis_source record.line,
        CHECK (secondary_diagnosis IN ('schizophrenia_or_other_delusional_disorders', 'bipolar_affective_disorder',
            'depressive_illness', 'anxiety_disorders', 'dementia', 'personality_disorder', 'organic_disorder',
            'learning_disabilities', 'other')),
        CHECK (secondary_diagnosis_other IS NULL OR secondary_diagnosis IS NOT DISTINCT FROM 'other'),
        CHECK (num_nonnulls(secondary_diagnosis, secondary_diagnosis_as_at, secondary_diagnosis_source) IN (0, 3)),

    treatment_non_concordance record.tri, treatment_non_concordance_as_at record.day,
    treatment_non_concordance_source record.line,
        CHECK (num_nonnulls(treatment_non_concordance, treatment_non_concordance_as_at,
            treatment_non_concordance_source) IN (0, 3))
);

-- Substance misuse.
CREATE TABLE record.substance_misuse (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    substance_misuse record.tri, substance_misuse_as_at record.day, substance_misuse_source record.line,
        CHECK (num_nonnulls(substance_misuse, substance_misuse_as_at, substance_misuse_source) IN (0, 3)),

    substances text[], substances_as_at record.day, substances_source record.line,
        CHECK (cardinality(substances) > 0 AND substances <@ ARRAY['opiates', 'stimulants', 'other', 'unknown']),
        CHECK (substances IS NULL OR substance_misuse IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(substances, substances_as_at, substances_source) IN (0, 3)),

    drug_withdrawal record.tri, drug_withdrawal_as_at record.day, drug_withdrawal_source record.line,
        CHECK (num_nonnulls(drug_withdrawal, drug_withdrawal_as_at, drug_withdrawal_source) IN (0, 3)),

    drug_withdrawal_from text[], drug_withdrawal_from_as_at record.day, drug_withdrawal_from_source record.line,
        CHECK (cardinality(drug_withdrawal_from) > 0 AND drug_withdrawal_from <@ ARRAY['opiates', 'stimulants',
            'other', 'unknown']),
        CHECK (drug_withdrawal_from IS NULL OR drug_withdrawal IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(drug_withdrawal_from, drug_withdrawal_from_as_at, drug_withdrawal_from_source) IN (0, 3)),

    alcohol_misuse record.tri, alcohol_misuse_as_at record.day, alcohol_misuse_source record.line,
        CHECK (num_nonnulls(alcohol_misuse, alcohol_misuse_as_at, alcohol_misuse_source) IN (0, 3)),

    alcohol_withdrawal record.tri, alcohol_withdrawal_as_at record.day, alcohol_withdrawal_source record.line,
        CHECK (num_nonnulls(alcohol_withdrawal, alcohol_withdrawal_as_at, alcohol_withdrawal_source) IN (0, 3))
);

-- Medication prescribed on the day of release.
CREATE TABLE record.release_medication (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    prescriptions_as_at record.day, prescriptions_source record.line,
        CHECK (num_nonnulls(prescriptions_as_at, prescriptions_source) IN (0, 2)),

    medication_non_concordance record.tri, medication_non_concordance_as_at record.day,
    medication_non_concordance_source record.line,
        CHECK (num_nonnulls(medication_non_concordance, medication_non_concordance_as_at,
            medication_non_concordance_source) IN (0, 3))
);

-- The entries of prescriptions; the provenance of all stands there.
CREATE TABLE record.prescription (
    person uuid NOT NULL REFERENCES record.person ON DELETE CASCADE,
    ordinal smallint NOT NULL CHECK (ordinal > 0),
    PRIMARY KEY (person, ordinal),

    class text,
        CHECK (class IN ('antipsychotics', 'antidepressants', 'anti_anxiety', 'hypnotics_or_sedatives',
            'mood_stabilisers', 'opiate_substitution', 'other')),
    details record.line,
        CHECK (num_nonnulls(class, details) > 0)
);

-- Suicide and self-harm risk.
CREATE TABLE record.suicide_and_self_harm (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    self_harm_history record.tri, self_harm_history_as_at record.day, self_harm_history_source record.line,
        CHECK (num_nonnulls(self_harm_history, self_harm_history_as_at, self_harm_history_source) IN (0, 3)),

    last_self_harm record.note, last_self_harm_as_at record.day, last_self_harm_source record.line,
        CHECK (last_self_harm IS NULL OR self_harm_history IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(last_self_harm, last_self_harm_as_at, last_self_harm_source) IN (0, 3)),

    suicide_attempts record.tri, suicide_attempts_as_at record.day, suicide_attempts_source record.line,
        CHECK (num_nonnulls(suicide_attempts, suicide_attempts_as_at, suicide_attempts_source) IN (0, 3)),

    last_attempt_before_release record.line, last_attempt_before_release_as_at record.day,
    last_attempt_before_release_source record.line,
        CHECK (last_attempt_before_release IS NULL OR suicide_attempts IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(last_attempt_before_release, last_attempt_before_release_as_at,
            last_attempt_before_release_source) IN (0, 3)),

    self_harm_hospital_treatment record.tri, self_harm_hospital_treatment_details record.note,
    self_harm_hospital_treatment_as_at record.day, self_harm_hospital_treatment_source record.line,
        CHECK (self_harm_hospital_treatment_details IS NULL OR self_harm_hospital_treatment
            IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(self_harm_hospital_treatment, self_harm_hospital_treatment_as_at,
            self_harm_hospital_treatment_source) IN (0, 3))
);

-- Risk factors.
CREATE TABLE record.risk_factors (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    triggers_and_warning_signs record.note, triggers_and_warning_signs_as_at record.day,
    triggers_and_warning_signs_source record.line,
        CHECK (num_nonnulls(triggers_and_warning_signs, triggers_and_warning_signs_as_at,
            triggers_and_warning_signs_source) IN (0, 3)),

    significant_dates record.note, significant_dates_as_at record.day, significant_dates_source record.line,
        CHECK (num_nonnulls(significant_dates, significant_dates_as_at, significant_dates_source) IN (0, 3))
);

-- Violence to others.
CREATE TABLE record.violence_to_others (
    person uuid PRIMARY KEY REFERENCES record.person ON DELETE CASCADE,

    mappa record.tri, mappa_as_at record.day, mappa_source record.line,
        CHECK (num_nonnulls(mappa, mappa_as_at, mappa_source) IN (0, 3)),

    mappa_category text, mappa_category_as_at record.day, mappa_category_source record.line,
        CHECK (mappa_category IN ('1', '2', '3', 'unknown')),
        CHECK (mappa_category IS NULL OR mappa IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(mappa_category, mappa_category_as_at, mappa_category_source) IN (0, 3)),

    mappa_level text, mappa_level_as_at record.day, mappa_level_source record.line,
        CHECK (mappa_level IN ('1', '2', '3', 'unknown')),
        CHECK (mappa_level IS NULL OR mappa IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(mappa_level, mappa_level_as_at, mappa_level_source) IN (0, 3)),

    hramm record.tri, hramm_as_at record.day, hramm_source record.line,
        CHECK (num_nonnulls(hramm, hramm_as_at, hramm_source) IN (0, 3)),

    visor record.tri, visor_as_at record.day, visor_source record.line,
        CHECK (num_nonnulls(visor, visor_as_at, visor_source) IN (0, 3)),

    violence record.tri, violence_as_at record.day, violence_source record.line,
        CHECK (num_nonnulls(violence, violence_as_at, violence_source) IN (0, 3)),

    violence_towards text[], violence_towards_other record.line, violence_towards_as_at record.day,
    violence_towards_source record.line,
        CHECK (cardinality(violence_towards) > 0 AND violence_towards <@ ARRAY['environmental_police',
            'environmental_prison', 'environmental_probation', 'those_in_authority', 'racial', 'strangers',
            'family_members', 'relationships_or_significant_others', 'other']),
        CHECK (violence_towards IS NULL OR violence IS NOT DISTINCT FROM 'yes'),
        CHECK (violence_towards_other IS NULL OR coalesce('other' = ANY (violence_towards), false)),
        CHECK (num_nonnulls(violence_towards, violence_towards_as_at, violence_towards_source) IN (0, 3)),

    serious_violence record.tri, serious_violence_as_at record.day, serious_violence_source record.line,
        CHECK (num_nonnulls(serious_violence, serious_violence_as_at, serious_violence_source) IN (0, 3)),

    serious_violence_kinds text[], serious_violence_kinds_as_at record.day,
    serious_violence_kinds_source record.line,
        CHECK (cardinality(serious_violence_kinds) > 0 AND serious_violence_kinds <@ ARRAY['carrying_weapons',
            'sexual_violence', 'arson', 'other', 'unknown']),
        CHECK (serious_violence_kinds IS NULL OR serious_violence IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(serious_violence_kinds, serious_violence_kinds_as_at, serious_violence_kinds_source)
            IN (0, 3)),

    discriminatory_attitudes record.tri, discriminatory_attitudes_as_at record.day,
    discriminatory_attitudes_source record.line,
        CHECK (num_nonnulls(discriminatory_attitudes, discriminatory_attitudes_as_at,
            discriminatory_attitudes_source) IN (0, 3)),

    discriminatory_towards text[], discriminatory_towards_as_at record.day,
    discriminatory_towards_source record.line,
        CHECK (cardinality(discriminatory_towards) > 0 AND discriminatory_towards <@ ARRAY['women', 'racial',
            'homophobic', 'anti_authoritarian', 'other']),
        CHECK (discriminatory_towards IS NULL OR discriminatory_attitudes IS NOT DISTINCT FROM 'yes'),
        CHECK (num_nonnulls(discriminatory_towards, discriminatory_towards_as_at, discriminatory_towards_source)
            IN (0, 3))
);

-- Agencies currently involved.
CREATE TABLE record.agency_involved (
    person uuid NOT NULL REFERENCES record.person ON DELETE CASCADE,
    ordinal smallint NOT NULL CHECK (ordinal > 0),
    PRIMARY KEY (person, ordinal),

    kind text, kind_as_at record.day, kind_source record.line,
        CHECK (kind IN ('community_gp', 'criminal_justice_liaison_team', 'community_mental_health_team',
            'receiving_cpa', 'crisis_intervention_team', 'community_substance_misuse_agencies', 'probation',
            'social_worker', 'neighbourhood_police')),
        CHECK (num_nonnulls(kind, kind_as_at, kind_source) IN (0, 3)),

    name record.line, name_as_at record.day, name_source record.line,
        CHECK (num_nonnulls(name, name_as_at, name_source) IN (0, 3)),

    address record.line, address_as_at record.day, address_source record.line,
        CHECK (num_nonnulls(address, address_as_at, address_source) IN (0, 3)),

    telephone record.line, telephone_as_at record.day, telephone_source record.line,
        CHECK (num_nonnulls(telephone, telephone_as_at, telephone_source) IN (0, 3)),

    out_of_hours record.line, out_of_hours_as_at record.day, out_of_hours_source record.line,
        CHECK (num_nonnulls(out_of_hours, out_of_hours_as_at, out_of_hours_source) IN (0, 3))
);

CREATE INDEX service_user_details_date_of_birth ON record.service_user_details (date_of_birth);

-- The floors of the login roles. Each column is granted by name, so that one added later is nobody's until its
-- migration says whose. The ePEX number alone is for clinicians in a section that is for police; keys never change.
-- +goose StatementBegin
DO $$
DECLARE
    g record;
BEGIN
    FOR g IN
        SELECT role, act, tab, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
        FROM (VALUES
            ('mais_read_restricted', '{SELECT}', '{service_user_details,alias,physical_health,mental_health_summary,
                substance_misuse,suicide_and_self_harm,risk_factors,violence_to_others,agency_involved}'),
            ('mais_read_full', '{SELECT}', '{service_user_details,alias,physical_health,mental_health_summary,
                mental_health_diagnosis,substance_misuse,release_medication,prescription,suicide_and_self_harm,
                risk_factors,violence_to_others,agency_involved}'),
            ('mais_write_health', '{SELECT,INSERT,UPDATE}', '{service_user_details,alias,physical_health,
                mental_health_summary,mental_health_diagnosis,substance_misuse,release_medication,prescription,
                suicide_and_self_harm,risk_factors,violence_to_others,agency_involved}'),
            ('mais_write_justice', '{SELECT,INSERT,UPDATE}', '{service_user_details,alias,suicide_and_self_harm,
                risk_factors,violence_to_others,agency_involved}'),
            ('mais_write_community', '{SELECT,INSERT,UPDATE}', '{substance_misuse,suicide_and_self_harm,risk_factors,
                agency_involved}')
        ) AS floor (role, acts, tables)
        CROSS JOIN unnest(acts::text[]) AS act
        CROSS JOIN unnest(tables::text[]) AS tab
        JOIN pg_catalog.pg_attribute ON attrelid = ('record.' || tab)::regclass AND attnum > 0
        WHERE (role IN ('mais_read_full', 'mais_write_health') OR attname NOT LIKE 'epex\_number%')
            AND (act <> 'UPDATE' OR attname NOT IN ('person', 'ordinal'))
        GROUP BY role, act, tab
    LOOP
        EXECUTE format('GRANT %s (%s) ON record.%I TO %I', g.act, g.columns, g.tab, g.role);
    END LOOP;
END
$$;
-- +goose StatementEnd
