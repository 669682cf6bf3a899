namespace TelemetryKit.Core.Events;

/// <summary>
/// The environment in which all events of a batch happened. Parsed contexts are interned: two batches from similar machines share one
/// instance, and counters compare by reference first.
/// </summary>
/// <param name="Os">The operating system, such as <c>linux</c>.</param>
/// <param name="Arch">The processor architecture, such as <c>x64</c>.</param>
/// <param name="Runtime">The runtime with its version, such as <c>dotnet 10.0</c>.</param>
/// <param name="Actor"><c>human</c>, <c>ci</c> or <c>agent</c>; any other value of a client counts under its own name.</param>
/// <param name="Sdk">The SDK that sent the batch, such as <c>dotnet/1.0.0</c>.</param>
/// <param name="Json">The whole scrubbed context as compact JSON, as it is stored; <c>{}</c> if none was sent.</param>
public sealed record EventContext(string? Os, string? Arch, string? Runtime, string? Actor, string? Sdk, string Json)
{
    /// <summary>An empty context.</summary>
    public static readonly EventContext None = new(null, null, null, null, null, "{}");
}
