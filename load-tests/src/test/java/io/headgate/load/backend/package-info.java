@NullMarked
package io.headgate.load.backend;

import org.jspecify.annotations.NullMarked;
