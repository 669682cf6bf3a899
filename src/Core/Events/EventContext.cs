namespace TelemetryKit.Core.Events;

/// <summary>
/// What a batch says once about the place all its events happened in. Parsed contexts are interned, so two batches from
/// alike machines share one instance and counters may compare by reference first.
/// </summary>
/// <param name="Os">Operating system, such as <c>linux</c>.</param>
/// <param name="Arch">Processor architecture, such as <c>x64</c>.</param>
/// <param name="Runtime">Runtime and version, such as <c>dotnet 10.0</c>.</param>
/// <param name="Actor"><c>human</c>, <c>ci</c> or <c>agent</c>; what a client calls it otherwise counts under its own name.</param>
/// <param name="Sdk">The SDK that sent the batch, such as <c>dotnet/1.0.0</c>.</param>
/// <param name="Json">The whole scrubbed context as compact JSON, which is what gets stored; <c>{}</c> where none was sent.</param>
public sealed record EventContext(string? Os, string? Arch, string? Runtime, string? Actor, string? Sdk, string Json)
{
    /// <summary>Nothing known.</summary>
    public static readonly EventContext None = new(null, null, null, null, null, "{}");
}
