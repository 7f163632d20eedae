// What fields do that are no columns. `context` has the request's loaders and the database.

import { CARD_BY_NUMBER, FACILITIES_BY_NAME } from "./statements.mjs";

const asConnection = (rows) => ({ edges: rows.map((node) => ({ node })) });

export const resolvers = {
  Query: {
    async healthInsuranceCard(_root, { number }, { database }) {
      const [card] = await database(CARD_BY_NUMBER, [number]);
      return card ?? null;
    },
    participant: (_root, { id }, { loaders }) => loaders.participants.load(id),
    async facilities(_root, { province, pattern, first }, { database }) {
      return asConnection(await database(FACILITIES_BY_NAME, [province, pattern, first]));
    },
  },
  Facility: {
    province: ({ provinceKey }, _arguments, { loaders }) => loaders.provinces.load(provinceKey),
  },
  HealthInsuranceCard: {
    holder: ({ participantId }, _arguments, { loaders }) => loaders.participants.load(participantId),
    registeredFacility: ({ facilityCode }, _arguments, { loaders }) => loaders.facilities.load(facilityCode),
  },
  Participant: {
    entitlements: ({ id }, _arguments, { loaders }) => loaders.entitlements.load(id),
    healthInsuranceCard: ({ id }, _arguments, { loaders }) => loaders.cards.load(id),
    async participations({ id }, { first }, { loaders }) {
      return asConnection(await loaders.participations(first).load(id));
    },
  },
};
