/**
 * From a request's body to the write path: each protocol has a decoder that knows bytes and nothing of HTTP, and a thin controller. What
 * they share is here: the hand-over in batches, and the report of what was stored and what was not.
 */
@NullMarked
package io.chronicledb.app.ingest;

import org.jspecify.annotations.NullMarked;
