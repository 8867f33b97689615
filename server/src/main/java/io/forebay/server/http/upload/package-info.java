/**
 * Bodies of {@code multipart/form-data} taken apart as they come: start at
 * {@link io.forebay.server.http.upload.MultipartScanner}; what an upload wants of it is
 * {@link io.forebay.server.http.upload.UploadForm}. Nothing here keeps a file in memory.
 */
@NullMarked
package io.forebay.server.http.upload;

import org.jspecify.annotations.NullMarked;
