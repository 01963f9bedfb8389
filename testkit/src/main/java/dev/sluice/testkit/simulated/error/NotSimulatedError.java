package dev.sluice.testkit.simulated.error;

/**
 * Something was asked of the simulated DynamoDB that the real one may know and this one does not.
 * An error, so that no code under test takes it for an answer of the service.
 */
public final class NotSimulatedError extends AssertionError {

  private static final long serialVersionUID = 1;

  /**
   * Names what is missing.
   *
   * @param what what is not simulated
   */
  public NotSimulatedError(String what) {
    super("not simulated: " + what);
  }

  /**
   * Refuses if something is asked for.
   *
   * @param asked whether it is
   * @param what what is not simulated
   */
  public static void refuseIf(boolean asked, String what) {
    if (asked) {
      throw new NotSimulatedError(what);
    }
  }
}
