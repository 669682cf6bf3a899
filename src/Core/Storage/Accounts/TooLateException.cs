namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Thrown if a change is not made because its caller doesn't wait for it any more. Nothing was changed.</summary>
public sealed class TooLateException(string message) : Exception(message);
