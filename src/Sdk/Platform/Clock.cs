namespace TelemetryKit.Platform;

/// <summary>The wall clock. Not <c>TimeProvider</c>, because netstandard2.0 has it only in a package.</summary>
internal class Clock
{
    public static readonly Clock System = new();

    public virtual DateTimeOffset UtcNow =>
#if NET
        TimeProvider.System.GetUtcNow();
#else
#pragma warning disable RS0030 // netstandard2.0 has no TimeProvider without a package; tests replace this class instead.
        DateTimeOffset.UtcNow;
#pragma warning restore RS0030
#endif
}
