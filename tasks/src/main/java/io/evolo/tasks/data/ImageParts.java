package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.util.Map;

/**
 * The images of a folder, values in [0, 1]; or a table, whose columns are the channels of one pixel, as they are.
 *
 * @param side height and width in pixels; 1 of a table
 * @param channels values per pixel
 * @param classes labels lie in [0, classes)
 * @param parts the examples of every split
 */
record ImageParts(int side, int channels, int classes, Map<Split, Examples> parts) {}
