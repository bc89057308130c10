package issuance

// idleLint is lints of zlint that have nothing to judge in any certificate that our own
// rules let through, and the rule that sees to it. They are not run: a third of what zlint
// costs is to ask each lint whether it applies. Tests hold every row to its word.
type idleLint struct {
	rule, why string
	lints     []string
}

// idleLints are idle whatever the key.
var idleLints = []idleLint{
	{"mais_no_ca", "they are about CA certificates", []string{
		"e_ca_subject_field_empty", "e_basic_constraints_not_critical", "e_ext_subject_key_identifier_missing_ca",
		"e_ext_name_constraints_not_in_ca", "e_rsa_allowed_ku_ca", "e_rsa_allowed_ku_no_encipherment_ca",
	}},
	{"mais_extensions", "they are about an extension that no profile has: issuer alternative name", []string{
		"e_ext_ian_dns_not_ia5_string", "e_ext_ian_empty_name", "e_ext_ian_no_entries", "e_ext_ian_rfc822_format_invalid",
		"e_ext_ian_space_dns_name", "e_ext_ian_uri_format_invalid", "e_ext_ian_uri_host_not_fqdn_or_ip", "e_ext_ian_uri_not_ia5",
		"e_ext_ian_uri_relative", "e_ian_bare_wildcard", "e_ian_dns_name_includes_null_char", "e_ian_dns_name_starts_with_period",
		"e_ian_wildcard_not_first", "w_ext_ian_critical", "w_ian_iana_pub_suffix_empty",
	}},
	{"mais_extensions", "they are about an extension that no profile has: name constraints", []string{
		"e_ext_name_constraints_not_critical", "e_name_constraint_empty", "e_name_constraint_maximum_not_absent",
		"e_name_constraint_minimum_non_zero", "e_name_constraint_not_fqdn", "w_name_constraint_on_edi_party_name",
		"w_name_constraint_on_registered_id", "w_name_constraint_on_x400",
	}},
	{"mais_extensions", "they are about extensions that no profile has: policy constraints and mappings, inhibit anyPolicy, freshest CRL, subject information access, subject directory attributes", []string{
		"e_ext_policy_constraints_empty", "e_ext_policy_constraints_not_critical", "e_ext_policy_map_any_policy",
		"w_ext_policy_map_not_critical", "w_ext_policy_map_not_in_cert_policy", "e_inhibit_any_policy_not_critical",
		"e_ext_freshest_crl_marked_critical", "e_subject_info_access_marked_critical", "e_ext_subject_directory_attr_critical",
	}},
	{"mais_one_policy", "they are about policy qualifiers", []string{
		"e_ext_cert_policy_disallowed_any_policy_qualifier", "e_ext_cert_policy_explicit_text_ia5_string",
		"e_ext_cert_policy_explicit_text_too_long", "w_ext_cert_policy_explicit_text_includes_control",
		"w_ext_cert_policy_explicit_text_not_nfc", "w_ext_cert_policy_explicit_text_not_utf8",
	}},
	{"mais_subject", "they are about parts of a name that our subjects lack", []string{
		"e_subj_email_not_in_san", "e_subject_dn_country_not_printable_string", "e_subject_email_max_length",
		"e_subject_given_name_max_length", "e_subject_locality_name_max_length", "e_subject_organization_name_max_length",
		"e_subject_organizational_unit_name_max_length", "e_subject_postal_code_max_length", "e_subject_state_name_max_length",
		"e_subject_street_address_max_length", "e_subject_surname_max_length", "n_suspicious_chars_in_address",
		"w_subject_given_name_recommended_max_length", "w_subject_surname_recommended_max_length",
	}},
}

// idleForECDSA and idleForRSA are about the other sort of key.
var (
	idleForECDSA = []idleLint{{"mais_key_type", "they are about RSA keys", []string{
		"e_rsa_allowed_ku_ee", "e_rsa_exp_negative", "e_rsa_fermat_factorization", "e_rsa_no_public_key",
		"e_spki_rsa_encryption_parameter_not_null",
	}}}
	idleForRSA = []idleLint{{"mais_key_type", "they are about ECDSA keys", []string{
		smallKey, "e_ecdsa_allowed_ku", "n_ecdsa_ee_invalid_ku",
	}}}
)
