/** Labelled images: read from IDX files or drawn on the spot, resized, standardised, split. */
package io.evolo.tasks.data;
