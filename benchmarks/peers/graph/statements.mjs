// The SQL behind the fields. Columns bear the names of fields, so that GraphQL's default resolvers find them.
// Statements that take several keys answer for all of them at once: a field of a list costs one round trip.

const CARD = `card.number, card.state, card.object_code AS "objectCode", card.benefit_level AS "benefitLevel",
  card.valid_from AS "validFrom", card.valid_to AS "validTo", card.five_year_date AS "fiveYearDate",
  card.living_area AS "livingArea", card.place_of_issue AS "placeOfIssue", card.issued_on AS "issuedOn",
  card.facility_code AS "facilityCode", card.participant_id AS "participantId"`;

const FACILITY = `facility.code, facility.name, facility.kind, facility.province_key AS "provinceKey"`;

export const CARD_BY_NUMBER = {
  name: "card_by_number",
  text: `SELECT ${CARD} FROM hi_card_card AS card WHERE card.active_number = $1`,
};

export const CARDS_BY_HOLDER = {
  name: "cards_by_holder",
  text: `SELECT ${CARD} FROM hi_card_card AS card WHERE card.current_for = ANY ($1::varchar[])`,
};

export const PARTICIPANTS = {
  name: "participants",
  text: `SELECT id, social_security_code AS "socialSecurityCode", full_name AS "fullName", birth_date AS "birthDate",
  birth_date_precision AS "birthDatePrecision", sex
  FROM accounts_participant WHERE id = ANY ($1::varchar[])`,
};

export const FACILITIES = {
  name: "facilities",
  text: `SELECT ${FACILITY} FROM lookups_facility AS facility WHERE facility.code = ANY ($1::varchar[])`,
};

export const FACILITIES_BY_NAME = {
  name: "facilities_by_name",
  text: `SELECT ${FACILITY} FROM lookups_facility AS facility
  WHERE facility.province_key = $1 AND facility.search_name LIKE $2 ESCAPE '/'
  ORDER BY facility.search_name, facility.code LIMIT $3`,
};

export const PROVINCES = {
  name: "provinces",
  text: `SELECT key AS id, name FROM lookups_province WHERE key = ANY ($1::varchar[])`,
};

export const PARTICIPATIONS = {
  name: "participations",
  text: `SELECT one.* FROM unnest($1::varchar[]) AS holder (id) CROSS JOIN LATERAL (
    SELECT participant_id AS "participantId", scheme, valid_from AS "validFrom", valid_to AS "validTo", employer,
      position, salary, contribution, agency
    FROM records_participation WHERE participant_id = holder.id ORDER BY valid_from DESC, id LIMIT $2
  ) AS one`,
};

export const ENTITLEMENTS = {
  name: "entitlements",
  text: `SELECT participant_id AS "participantId", name, amount, valid_from AS "validFrom", valid_to AS "validTo"
  FROM records_entitlement WHERE participant_id = ANY ($1::varchar[]) ORDER BY valid_from, id`,
};
