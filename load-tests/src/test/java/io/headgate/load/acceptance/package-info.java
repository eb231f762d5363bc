@NullMarked
package io.headgate.load.acceptance;

import org.jspecify.annotations.NullMarked;
