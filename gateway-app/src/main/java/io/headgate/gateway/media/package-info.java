/** What is more than a request and its answer: uploads, playbacks, connections that stay open. */
@NullMarked
package io.headgate.gateway.media;

import org.jspecify.annotations.NullMarked;
