/** Sample backends that behave like the real ones: resumable uploads, a feed, a playable stream. */
@NullMarked
package io.headgate.load.backend;

import org.jspecify.annotations.NullMarked;
