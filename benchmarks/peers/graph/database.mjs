// PostgreSQL: a pool of connections on which every statement is prepared once, under its name.

import pg from "pg";

// Days stay texts, and money below 2^53 a number: what answers have.
pg.types.setTypeParser(pg.types.builtins.DATE, (cell) => cell);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** A function that runs one of the statements with its values and gives the rows; `close` ends the pool. */
export function openDatabase(url, size) {
  const pool = new pg.Pool({ connectionString: url, max: size });
  const database = async ({ name, text }, values) => {
    const { rows } = await pool.query({ name, text, values });
    return rows;
  };
  database.close = () => pool.end();
  return database;
}
