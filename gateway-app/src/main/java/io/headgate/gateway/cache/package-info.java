/** Answers that are kept for when the backend has none, or none yet. */
@NullMarked
package io.headgate.gateway.cache;

import org.jspecify.annotations.NullMarked;
