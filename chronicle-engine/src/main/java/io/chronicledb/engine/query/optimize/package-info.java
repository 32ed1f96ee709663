/**
 * Changes plans so that they do less, and answer the same. One class for each change, named by its effect; a query may be run without any.
 */
@NullMarked
package io.chronicledb.engine.query.optimize;

import org.jspecify.annotations.NullMarked;
