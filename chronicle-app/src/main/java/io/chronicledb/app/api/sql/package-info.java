/** SQL over HTTP: statements in, JSON, CSV or NDJSON out. */
@NullMarked
package io.chronicledb.app.api.sql;

import org.jspecify.annotations.NullMarked;
