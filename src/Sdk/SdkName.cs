namespace TelemetryKit;

/// <summary>The name of this SDK, in batches and in the <c>User-Agent</c> of requests.</summary>
internal static class SdkName
{
    /// <summary>The language and the SDK's version.</summary>
    public const string Value = "dotnet/1.0.0";
}
