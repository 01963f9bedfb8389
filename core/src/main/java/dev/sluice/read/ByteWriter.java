package dev.sluice.read;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Gathers bytes, with lengths before whatever has one, so that no two contents look alike. */
final class ByteWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ByteWriter tag(int value) {
    out.write(value);
    return this;
  }

  ByteWriter number(int value) {
    return raw(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }

  ByteWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  ByteWriter bytes(byte[] bytes) {
    return number(bytes.length).raw(bytes);
  }

  ByteWriter text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
