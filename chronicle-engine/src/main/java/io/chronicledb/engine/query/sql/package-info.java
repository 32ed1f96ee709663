/**
 * The SQL front end. {@link io.chronicledb.engine.query.sql.SqlParser} turns text into the syntax tree of
 * {@link io.chronicledb.engine.query.sql.SqlStatement} and {@link io.chronicledb.engine.query.sql.SqlExpr}, which knows nothing of
 * the stored data; every node remembers where it was written, so that later steps can point at it. {@link
 * io.chronicledb.engine.query.sql.SqlPlanner} binds the tree to a {@link io.chronicledb.engine.query.sql.Schema} and makes the plan. The parser generated from {@code
 * src-grammar/Sql.g4} stays inside of this package.
 */
@NullMarked
package io.chronicledb.engine.query.sql;

import org.jspecify.annotations.NullMarked;
