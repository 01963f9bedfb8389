package dev.sluice.testkit.dynamodb;

import static java.util.Objects.requireNonNull;

import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Name and type of an attribute that is part of a table's key.
 *
 * @param name the attribute's name
 * @param type the attribute's type
 */
public record KeyAttribute(String name, ScalarAttributeType type) {

  /** Checks that nothing is null. */
  public KeyAttribute {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
  }

  /** A key attribute of type {@code S}. */
  public static KeyAttribute string(String name) {
    return new KeyAttribute(name, ScalarAttributeType.S);
  }

  /** A key attribute of type {@code N}. */
  public static KeyAttribute number(String name) {
    return new KeyAttribute(name, ScalarAttributeType.N);
  }

  /** A key attribute of type {@code B}. */
  public static KeyAttribute binary(String name) {
    return new KeyAttribute(name, ScalarAttributeType.B);
  }

  AttributeDefinition definition() {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  KeySchemaElement as(KeyType keyType) {
    return KeySchemaElement.builder().attributeName(name).keyType(keyType).build();
  }
}
