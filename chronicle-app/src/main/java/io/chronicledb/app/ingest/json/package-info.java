/** Points as JSON. */
@NullMarked
package io.chronicledb.app.ingest.json;

import org.jspecify.annotations.NullMarked;
