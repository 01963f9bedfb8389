package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;

class SdkFeaturesTest {

  @Test
  void thisVersionHasAllThatIsRequired() {
    SdkFeatures.require();
    assertThat(SdkFeatures.THROTTLING_REASONS).isTrue();
    assertThat(SdkFeatures.version()).matches("2\\.\\d+\\.\\d+.*");
  }

  @Test
  void whatIsTooOldIsNamedWithWhatIsNeeded() {
    assertThatThrownBy(
            () ->
                SdkFeatures.require(
                    List.of(PutItemRequest.Builder.class), "fromTheFuture", "2.19.1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "version 2.19.1", "PutItemRequest$Builder.fromTheFuture", SdkFeatures.OLDEST);
  }
}
