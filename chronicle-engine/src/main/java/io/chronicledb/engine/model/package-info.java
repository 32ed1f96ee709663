/** The nouns of the field: series, tags, matchers, ranges of time. Immutable values without behaviour of their own. */
@NullMarked
package io.chronicledb.engine.model;

import org.jspecify.annotations.NullMarked;
