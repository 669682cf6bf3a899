namespace TelemetryKit.Platform;

/// <summary>The wall clock. TimeProvider would do, but netstandard2.0 has it only in a package.</summary>
internal class Clock
{
    public static readonly Clock System = new();

    public virtual DateTimeOffset UtcNow =>
#if NET
        TimeProvider.System.GetUtcNow();
#else
#pragma warning disable RS0030 // There is no TimeProvider on netstandard2.0 without a package; this class is our seam.
        DateTimeOffset.UtcNow;
#pragma warning restore RS0030
#endif
}
