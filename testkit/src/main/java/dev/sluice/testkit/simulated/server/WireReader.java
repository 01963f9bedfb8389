package dev.sluice.testkit.simulated.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingKnownType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** Reads JSON into the SDK's own model by the fields that the model describes itself with. */
final class WireReader {

  private static final ClassValue<Map<String, SdkField<?>>> FIELDS =
      new ClassValue<>() {
        @Override
        protected Map<String, SdkField<?>> computeValue(Class<?> type) {
          return new HashMap<>();
        }
      };

  private WireReader() {}

  /**
   * Reads an object, whose first token is the parser's current one.
   *
   * @param builder a builder of what is to be read
   * @return what was read
   * @throws IOException if it is not JSON, or not of this form
   */
  static Object read(JsonParser json, SdkPojo builder) throws IOException {
    expect(json, JsonToken.START_OBJECT);
    var fields = fields(builder);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var field = fields.get(json.currentName());
      json.nextToken();
      if (field == null) {
        json.skipChildren();
      } else {
        field.set(builder, value(json, field));
      }
    }
    return ((SdkBuilder<?, ?>) builder).build();
  }

  private static Map<String, SdkField<?>> fields(SdkPojo builder) {
    var fields = FIELDS.get(builder.getClass());
    synchronized (fields) {
      if (fields.isEmpty()) {
        builder.sdkFields().forEach(field -> fields.put(field.locationName(), field));
      }
    }
    return fields;
  }

  private static @Nullable Object value(JsonParser json, SdkField<?> field) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    MarshallingKnownType type = field.marshallingType().getKnownType();
    return switch (type) {
      case STRING -> {
        expect(json, JsonToken.VALUE_STRING);
        yield json.getText();
      }
      case BOOLEAN -> json.getBooleanValue();
      case INTEGER -> json.getIntValue();
      case LONG -> json.getLongValue();
      case DOUBLE -> json.getDoubleValue();
      case INSTANT -> Instant.ofEpochMilli(Math.round(json.getDoubleValue() * 1000));
      case SDK_BYTES -> SdkBytes.fromByteArrayUnsafe(json.getBinaryValue());
      case SDK_POJO -> read(json, field.constructor().get());
      case LIST -> list(json, field.getRequiredTrait(ListTrait.class).memberFieldInfo());
      case MAP -> map(json, field.getRequiredTrait(MapTrait.class).valueFieldInfo());
      default -> throw new IOException("no such type: " + type);
    };
  }

  private static List<@Nullable Object> list(JsonParser json, SdkField<?> element)
      throws IOException {
    expect(json, JsonToken.START_ARRAY);
    List<@Nullable Object> list = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(json, element));
    }
    return list;
  }

  private static Map<String, @Nullable Object> map(JsonParser json, SdkField<?> value)
      throws IOException {
    expect(json, JsonToken.START_OBJECT);
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      json.nextToken();
      map.put(name, value(json, value));
    }
    return map;
  }

  private static void expect(JsonParser json, JsonToken token) throws IOException {
    if (json.currentToken() != token) {
      throw new IOException("expected " + token + " but found " + json.currentToken());
    }
  }
}
