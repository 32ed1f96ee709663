/** Text in, typed results out: the engine room of SQL and PromQL. */
@NullMarked
package io.chronicledb.engine.query;

import org.jspecify.annotations.NullMarked;
