// The graph that PostGraphile makes of the tables, with what tables do not say.

import persisted from "@grafserv/persisted";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { addPgTableCondition, jsonPgSmartTags } from "postgraphile/utils";
import { readDocuments } from "../documents.mjs";

const HIDDEN = { tags: { behavior: "-*" } };

/** Plugins do not reach into each other's tables, so that PostgreSQL has no foreign keys between them. */
const relations = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      accounts_credential: HIDDEN,
      accounts_session: HIDDEN,
      hi_card_card: {
        tags: {
          foreignKey: [
            "(participant_id) references accounts_participant (id)|@fieldName holder",
            "(current_for) references accounts_participant (id)|@foreignFieldName healthInsuranceCard",
            "(facility_code) references lookups_facility (code)|@fieldName registeredFacility",
          ],
        },
      },
      records_entitlement: {
        tags: {
          foreignKey:
            "(participant_id) references accounts_participant (id)" +
            "|@foreignSimpleFieldName entitlements|@behavior +list -connection",
        },
      },
      records_participation: {
        tags: {
          foreignKey:
            "(participant_id) references accounts_participant (id)|@foreignFieldName participations",
        },
      },
    },
  },
});

const nameLike = addPgTableCondition(
  { schemaName: "public", tableName: "lookups_facility" },
  "nameLike",
  (build) => ({ type: build.graphql.GraphQLString }),
  (value, { sql, sqlTableAlias, sqlValueWithCodec, build }) =>
    sql`${sqlTableAlias}.search_name LIKE ${sqlValueWithCodec(value, build.dataplanPg.TYPES.text)} ESCAPE '/'`,
);

/** Money is below 2^53: a number in answers, where PostGraphile gives BIGINT as text. */
const moneyAsNumber = {
  name: "MoneyAsNumberPlugin",
  version: "1.0.0",
  schema: {
    hooks: {
      GraphQLScalarType: (config) => (config.name === "BigInt" ? { ...config, serialize: Number } : config),
    },
  },
};

/** What `postgraphile` serves on the database that the environment names. */
export const createPreset = ({ DATABASE_URL, POOL }) => ({
  extends: [PostGraphileAmberPreset],
  plugins: [persisted.default, relations, nameLike, moneyAsNumber],
  pgServices: [
    makePgService({ connectionString: DATABASE_URL, poolConfig: { max: Number(POOL) }, pubsub: false }),
  ],
  schema: { defaultBehavior: "-insert -update -delete" },
  grafserv: {
    graphiql: false,
    outputDataAsString: true,
    persistedOperations: readDocuments(new URL("documents/", import.meta.url)),
  },
});
